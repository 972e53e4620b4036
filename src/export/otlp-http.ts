import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { promisify } from 'node:util';
import { gzip as gzipWithCallback } from 'node:zlib';
import {
  type Delivery,
  detailOf,
  maxAnswerBytes,
  type OtlpTransport,
  type ProxyVariables,
  reasonOf,
  type TransportOptions,
  userAgent,
} from './otlp-transport.ts';
import { clientTls } from './tls-options.ts';

/** https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const retryable = new Set([429, 502, 503, 504]);

const gzip = promisify(gzipWithCallback);

/** https://opentelemetry.io/docs/specs/otlp/#otlphttp, in protobuf and in JSON. */
export class HttpTransport implements OtlpTransport {
  readonly #options: TransportOptions;
  readonly #agent: HttpAgent;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(options: TransportOptions) {
    this.#options = options;
    const { endpoint, tls, proxies } = options;
    const kept = { keepAlive: true, maxSockets: 2, ...(endpoint.socketPath === undefined && proxied(proxies)) };
    this.#agent =
      endpoint.url.protocol === 'https:' ? new HttpsAgent({ ...kept, ...clientTls(tls) }) : new HttpAgent(kept);
    this.#headers = {
      'user-agent': userAgent,
      'content-type': endpoint.protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
      ...(options.gzip && { 'content-encoding': 'gzip' }),
      ...endpoint.headers,
    };
  }

  async send(body: Uint8Array, signal: AbortSignal): Promise<Delivery> {
    const { endpoint, timeoutMs } = this.#options;
    const payload = this.#options.gzip ? await gzip(body) : body;
    return new Promise((resolve) => {
      const open = endpoint.url.protocol === 'https:' ? httpsRequest : httpRequest;
      const request = open(endpoint.url, {
        method: 'POST',
        agent: this.#agent,
        headers: { ...this.#headers, 'content-length': payload.length },
        signal,
        timeout: timeoutMs,
        ...(endpoint.socketPath !== undefined && { socketPath: endpoint.socketPath }),
      });
      settle(request, timeoutMs, resolve);
      request.end(payload);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** This host is reached without a proxy, whatever the variables say, as in Go. */
const ownHost = ['localhost', '127.0.0.1', '::1'];

function proxied(proxies: ProxyVariables | undefined): { readonly proxyEnv?: NodeJS.ProcessEnv } {
  if (proxies === undefined) return {};
  return { proxyEnv: { ...proxies, NO_PROXY: [proxies.NO_PROXY, ...ownHost].join(',') } };
}

function settle(request: ClientRequest, timeoutMs: number, resolve: (delivery: Delivery) => void): void {
  // the timeout of the socket starts anew with each byte, this one does not
  const timer = setTimeout(() => request.destroy(new Error('timeout')), timeoutMs);
  const finish = (delivery: Delivery): void => {
    clearTimeout(timer);
    resolve(delivery);
  };
  request.on('timeout', () => request.destroy(new Error('timeout')));
  request.on('error', (error) => finish({ is: 'retry', why: reasonOf(error) }));
  request.on('response', (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxAnswerBytes) chunks.push(chunk);
    });
    response.on('error', (error) => finish({ is: 'retry', why: reasonOf(error) }));
    response.on('end', () => finish(answered(response, Buffer.concat(chunks))));
  });
}

function answered({ statusCode = 0, headers }: IncomingMessage, body: Buffer): Delivery {
  if (statusCode >= 200 && statusCode < 300) return { is: 'sent', body };
  const failure = { why: `http_${statusCode}`, ...detailOf(body.toString()) };
  if (!retryable.has(statusCode)) return { is: 'rejected', ...failure };
  const afterMs = retryAfterMs(headers['retry-after']);
  return afterMs === undefined ? { is: 'retry', ...failure } : { is: 'retry', ...failure, afterMs };
}

/** Seconds or a date. */
export function retryAfterMs(header: string | undefined, nowMs = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}
