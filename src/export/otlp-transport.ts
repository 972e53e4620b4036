import { product } from '../telemetry/product.ts';
import type { OtlpEndpoint } from './otlp-endpoint.ts';
import type { TlsOptions } from './tls-options.ts';

/** What became of one request. */
export type Delivery =
  | { readonly is: 'sent'; readonly body: Uint8Array }
  | (Failure & { readonly is: 'retry'; readonly afterMs?: number })
  | (Failure & { readonly is: 'rejected' });

interface Failure {
  /** One of few words: it is the label of a counter. */
  readonly why: string;
  /** What the receiver said about it. */
  readonly detail?: string;
}

export interface TransportOptions {
  readonly endpoint: OtlpEndpoint;
  readonly timeoutMs: number;
  readonly gzip: boolean;
  readonly tls: TlsOptions;
  /** For HTTP; none when undefined. */
  readonly proxies?: ProxyVariables | undefined;
}

/** By the names of the variables, as Node's agents read them; an empty text is none. */
export interface ProxyVariables {
  readonly HTTP_PROXY: string;
  readonly HTTPS_PROXY: string;
  readonly NO_PROXY: string;
}

/** One attempt to deliver a request over a kept connection. */
export interface OtlpTransport {
  /** Never throws: every outcome is a `Delivery`. */
  send(body: Uint8Array, signal: AbortSignal): Promise<Delivery>;
  close(): void;
}

export const userAgent = `${product.name}/${product.version}`;

/** Answers are small; a longer one comes from something that is no receiver. */
export const maxAnswerBytes = 256 * 1024;
const maxDetail = 200;

/** What a receiver says, as one short line of the log. */
export function detailOf(text: string): { readonly detail?: string } {
  const line = text.replace(/[^\p{L}\p{N}\p{P}\p{S}]+/gu, ' ').trim();
  return line === '' ? {} : { detail: line.slice(0, maxDetail) };
}

/** The system's word for why a connection failed. */
export function reasonOf(error: Error): string {
  const { cause, message } = error;
  if (message === 'timeout' || message === 'aborted') return message;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
