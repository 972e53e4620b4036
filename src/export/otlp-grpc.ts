import type { ClientHttp2Session } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';
import { gunzipSync, gzip as gzipWithCallback } from 'node:zlib';
import { callGrpc, type GrpcReply } from '../lib/grpc-call.ts';
import { failureOf } from './grpc-status.ts';
import {
  type Delivery,
  maxAnswerBytes,
  type OtlpTransport,
  reasonOf,
  type TransportOptions,
  userAgent,
} from './otlp-transport.ts';
import { clientTls } from './tls-options.ts';

const gzip = promisify(gzipWithCallback);

/**
 * Unary calls over one connection. Node's HTTP/2 is loaded
 * when it is first used, for it costs memory that the other protocols do not need.
 */
export class GrpcTransport implements OtlpTransport {
  readonly #options: TransportOptions;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #tls: ConnectionOptions;
  #session: ClientHttp2Session | undefined;

  constructor(options: TransportOptions) {
    const { url, headers } = options.endpoint;
    this.#options = options;
    // certificates are read now, so that a wrong name is told of at the start
    this.#tls = url.protocol === 'https:' ? clientTls(options.tls) : {};
    this.#headers = {
      ':path': url.pathname,
      'user-agent': userAgent,
      'grpc-accept-encoding': 'identity,gzip',
      ...(options.gzip && { 'grpc-encoding': 'gzip' }),
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    };
  }

  async send(body: Uint8Array, signal: AbortSignal): Promise<Delivery> {
    const payload = this.#options.gzip ? await gzip(body) : body;
    try {
      const session = await this.#connected();
      const { timeoutMs, gzip: isCompressed } = this.#options;
      const call = { headers: this.#headers, message: payload, isCompressed, timeoutMs, maxAnswerBytes, signal };
      return outcome(await callGrpc(session, call));
    } catch (error) {
      this.close();
      return { is: 'retry', why: reasonOf(error as Error) };
    }
  }

  close(): void {
    this.#session?.destroy();
    this.#session = undefined;
  }

  async #connected(): Promise<ClientHttp2Session> {
    if (this.#session !== undefined) return this.#session;
    const { connect } = await import('node:http2');
    const { url, socketPath } = this.#options.endpoint;
    const session = connect(url.origin, {
      ...this.#tls,
      ...(socketPath !== undefined && { createConnection: () => connectSocket(socketPath) }),
    });
    const forget = (): void => {
      if (this.#session === session) this.#session = undefined;
    };
    session.on('close', forget);
    // the receiver will not take another call on this connection
    session.on('goaway', forget);
    // each call is told by its stream
    session.on('error', forget);
    session.unref();
    this.#session = session;
    return session;
  }
}

function outcome({ rstCode, headers, status, message, isCompressed }: GrpcReply): Delivery {
  const httpStatus = Number(headers[':status'] ?? 0);
  // an answer without a status was cut off, unless it is one of plain HTTP
  if (!('grpc-status' in status) && (rstCode !== 0 || httpStatus === 0))
    return { is: 'retry', why: `http2_${rstCode}` };
  const failure = failureOf({
    httpStatus,
    status: text(status['grpc-status']),
    message: text(status['grpc-message']) ?? '',
    details: text(status['grpc-status-details-bin']) ?? '',
  });
  return failure ?? { is: 'sent', body: isCompressed ? unzipped(message) : message };
}

function text(header: string | string[] | undefined): string | undefined {
  return typeof header === 'object' ? header[0] : header;
}

/** Empty when it cannot be read, which says nothing against the success. */
function unzipped(message: Buffer): Uint8Array {
  try {
    return gunzipSync(message, { maxOutputLength: maxAnswerBytes });
  } catch {
    return new Uint8Array();
  }
}
