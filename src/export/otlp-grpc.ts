import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { connect as connectSocket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';
import { gunzipSync, gzip as gzipWithCallback } from 'node:zlib';
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

/** Before each message: whether it is compressed, and its length. */
const prefixBytes = 5;

/**
 * Unary calls over one connection: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md. Node's HTTP/2 is loaded
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
      ':method': 'POST',
      ':path': url.pathname,
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': userAgent,
      'grpc-timeout': `${options.timeoutMs}m`,
      'grpc-accept-encoding': 'identity,gzip',
      ...(options.gzip && { 'grpc-encoding': 'gzip' }),
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    };
  }

  async send(body: Uint8Array, signal: AbortSignal): Promise<Delivery> {
    const payload = this.#options.gzip ? await gzip(body) : body;
    try {
      const session = await this.#connected();
      const stream = session.request({ ...this.#headers });
      const settled = this.#settled(stream, signal);
      stream.write(prefix(payload.length, this.#options.gzip));
      stream.end(payload);
      return await settled;
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

  #settled(stream: ClientHttp2Stream, signal: AbortSignal): Promise<Delivery> {
    return new Promise((resolve, reject) => {
      let headers: IncomingHttpHeaders = {};
      let trailers: IncomingHttpHeaders = {};
      const chunks: Buffer[] = [];
      let bytes = 0;
      const giveUp = (why: string) => (): void => reject(new Error(why));
      const timer = setTimeout(giveUp('timeout'), this.#options.timeoutMs);
      const abort = giveUp('aborted');
      signal.addEventListener('abort', abort);
      stream.on('response', (given) => {
        headers = given;
      });
      stream.on('trailers', (given) => {
        trailers = given;
      });
      stream.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= maxAnswerBytes) chunks.push(chunk);
      });
      stream.on('error', reject);
      stream.on('close', () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        resolve(outcome(stream.rstCode, headers, trailers, Buffer.concat(chunks)));
      });
    });
  }
}

function prefix(length: number, isCompressed: boolean): Buffer {
  const bytes = Buffer.alloc(prefixBytes);
  bytes.writeUInt8(isCompressed ? 1 : 0);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

function outcome(rstCode: number, headers: IncomingHttpHeaders, trailers: IncomingHttpHeaders, body: Buffer): Delivery {
  const told = 'grpc-status' in trailers ? trailers : headers;
  const httpStatus = Number(headers[':status'] ?? 0);
  // an answer without a status was cut off, unless it is one of plain HTTP
  if (!('grpc-status' in told) && (rstCode !== 0 || httpStatus === 0)) return { is: 'retry', why: `http2_${rstCode}` };
  const failure = failureOf({
    httpStatus,
    status: text(told['grpc-status']),
    message: text(told['grpc-message']) ?? '',
    details: text(told['grpc-status-details-bin']) ?? '',
  });
  return failure ?? { is: 'sent', body: messageOf(body) };
}

function text(header: string | string[] | undefined): string | undefined {
  return typeof header === 'object' ? header[0] : header;
}

/** The message of the answer; empty when it cannot be read, which says nothing against the success. */
function messageOf(framed: Buffer): Uint8Array {
  if (framed.length < prefixBytes) return new Uint8Array();
  const message = framed.subarray(prefixBytes, prefixBytes + framed.readUInt32BE(1));
  if (framed[0] === 0) return message;
  try {
    return gunzipSync(message, { maxOutputLength: maxAnswerBytes });
  } catch {
    return new Uint8Array();
  }
}
