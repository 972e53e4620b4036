import { readFileSync } from 'node:fs';
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { type AgentOptions, Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { promisify } from 'node:util';
import { gzip as gzipWithCallback } from 'node:zlib';
import { AgentError } from '../lib/agent-error.ts';
import { product } from '../telemetry/product.ts';
import type { OtlpEndpoint } from './otlp-endpoint.ts';

/** What became of one request. */
export type Delivery =
  | { readonly is: 'sent'; readonly body: Uint8Array }
  | { readonly is: 'retry'; readonly why: string; readonly afterMs?: number }
  | { readonly is: 'rejected'; readonly why: string };

export interface TransportOptions {
  readonly endpoint: OtlpEndpoint;
  readonly timeoutMs: number;
  readonly gzip: boolean;
  readonly tls: TlsOptions;
}

/** Files in PEM form; an empty name is none. */
export interface TlsOptions {
  readonly insecureSkipVerify: boolean;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const retryable = new Set([429, 502, 503, 504]);
/** Answers are small; a longer one comes from something that is no receiver. */
const maxAnswerBytes = 256 * 1024;

const gzip = promisify(gzipWithCallback);

/** One attempt to deliver a request over a kept connection. Never throws: every outcome is a `Delivery`. */
export class OtlpTransport {
  readonly #options: TransportOptions;
  readonly #agent: HttpAgent;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(options: TransportOptions) {
    this.#options = options;
    const { endpoint, tls } = options;
    const kept = { keepAlive: true, maxSockets: 2 };
    this.#agent =
      endpoint.url.protocol === 'https:' ? new HttpsAgent({ ...kept, ...certificates(tls) }) : new HttpAgent(kept);
    this.#headers = {
      'user-agent': `${product.name}/${product.version}`,
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

function certificates({ insecureSkipVerify, caFile, certFile, keyFile }: TlsOptions): AgentOptions {
  return {
    rejectUnauthorized: !insecureSkipVerify,
    ...(caFile !== '' && { ca: pem(caFile) }),
    ...(certFile !== '' && { cert: pem(certFile) }),
    ...(keyFile !== '' && { key: pem(keyFile) }),
  };
}

function pem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AgentError('certificate', `the certificate file ${file} of the OTLP exporter cannot be read`, { cause });
  }
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

function answered({ statusCode = 0, headers }: IncomingMessage, body: Uint8Array): Delivery {
  if (statusCode >= 200 && statusCode < 300) return { is: 'sent', body };
  const why = `http_${statusCode}`;
  if (!retryable.has(statusCode)) return { is: 'rejected', why };
  const afterMs = retryAfterMs(headers['retry-after']);
  return afterMs === undefined ? { is: 'retry', why } : { is: 'retry', why, afterMs };
}

/** Seconds or a date. */
export function retryAfterMs(header: string | undefined, nowMs = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}

function reasonOf(error: Error): string {
  if (error.message === 'timeout') return 'timeout';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
