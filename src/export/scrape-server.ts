import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { within } from '../lib/within.ts';
import { counters } from '../telemetry/counters.ts';
import { log } from '../telemetry/log.ts';
import { type ScrapeProtection, serverTls } from './tls-options.ts';

/** A page that is written anew for each scrape, in the form that the reader prefers. */
export interface ScrapePage {
  readonly path: string;
  render(accept: string): { readonly contentType: string; readonly chunks: AsyncIterable<string | Uint8Array> };
}

/** HTTP on all interfaces, in plain text unless there is a certificate: one port, a page a path. */
export class ScrapeServer {
  readonly #port: number;
  readonly #pages = new Map<string, ScrapePage>();
  readonly #server: Server;
  readonly #authorization: Buffer | undefined;

  constructor(port: number, protection: ScrapeProtection) {
    this.#port = port;
    const { username, password } = protection;
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    this.#authorization = username === '' ? undefined : hashed(`Basic ${basic}`);
    // Prometheus comes every 15 s to 60 s: a connection should outlive the pause
    const options = { keepAliveTimeout: 90_000 };
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      this.#answer(request, response).catch((error: unknown) => {
        // a reader that leaves in the middle is no failure
        if (!response.destroyed) log.error('a scrape could not be answered', { error: String(error) });
        response.headersSent ? response.destroy() : response.writeHead(500).end();
      });
    };
    this.#server =
      protection.certFile === ''
        ? createServer(options, answer)
        : createTlsServer({ ...options, ...serverTls(protection) }, answer);
  }

  add(page: ScrapePage): void {
    this.#pages.set(page.path, page);
  }

  /** @throws the error of the system when the port is taken */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, () => {
        this.#server.off('error', reject);
        this.#server.on('error', (error) => log.error('the scrape server failed', { error: error.message }));
        resolve();
      });
    });
  }

  /** The port in use, which the system chose when 0 was asked for. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : this.#port;
  }

  async close(withinMs: number): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    if (!(await within(closed, withinMs))) this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#isAllowed(request)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="metrics"' }).end();
      return;
    }
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const page = this.#pages.get(path);
    if (page === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('404 page not found\n');
      return;
    }
    counters.add('prometheus_http_requests', `${this.port} ${path}`);
    const { contentType, chunks } = page.render(request.headers.accept ?? '');
    const headers = { 'content-type': contentType, vary: 'Accept, Accept-Encoding' };
    const source = Readable.from(chunks);
    if (!/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
      response.writeHead(200, headers);
      await pipeline(source, response);
      return;
    }
    response.writeHead(200, { ...headers, 'content-encoding': 'gzip' });
    await pipeline(source, createGzip({ level: constants.Z_BEST_SPEED }), response);
  }

  #isAllowed({ headers }: IncomingMessage): boolean {
    // hashes have one length, so that the time of the comparison tells nothing
    return (
      this.#authorization === undefined || timingSafeEqual(hashed(headers.authorization ?? ''), this.#authorization)
    );
  }
}

function hashed(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
