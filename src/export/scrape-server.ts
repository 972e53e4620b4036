import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip as gzipWithCallback } from 'node:zlib';
import { within } from '../lib/within.ts';
import { counters } from '../telemetry/counters.ts';
import { log } from '../telemetry/log.ts';

/** A page that is rendered anew for each scrape. */
export interface ScrapePage {
  readonly path: string;
  render(isOpenMetrics: boolean): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Below this, compressing costs more than sending. */
const worthCompressing = 16 * 1024;
const gzip = promisify(gzipWithCallback);

/** Plain HTTP on all interfaces: one port, a page a path. */
export class ScrapeServer {
  readonly #port: number;
  readonly #pages = new Map<string, ScrapePage>();
  readonly #server: Server;

  constructor(port: number) {
    this.#port = port;
    // Prometheus comes every 15 s to 60 s: a connection should outlive the pause
    this.#server = createServer({ keepAliveTimeout: 90_000 }, (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        log.error('a scrape could not be answered', { error: String(error) });
        response.writableEnded ? response.destroy() : response.writeHead(500).end();
      });
    });
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
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const page = this.#pages.get(path);
    if (page === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('404 page not found\n');
      return;
    }
    counters.add('prometheus_http_requests', `${this.port} ${path}`);
    const { contentType, text } = await page.render(acceptsOpenMetrics(request));
    const headers = { 'content-type': contentType, vary: 'Accept, Accept-Encoding' };
    if (text.length < worthCompressing || !/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
      response.writeHead(200, headers).end(text);
      return;
    }
    const body = await gzip(text, { level: 1 });
    response.writeHead(200, { ...headers, 'content-encoding': 'gzip' }).end(body);
  }
}

function acceptsOpenMetrics({ headers }: IncomingMessage): boolean {
  return (headers.accept ?? '').includes('application/openmetrics-text');
}
