import { type ClientHttp2Session, constants, type IncomingHttpHeaders } from 'node:http2';

export interface GrpcCall {
  /** `/package.Service/Method` */
  readonly path: string;
  /** The message, serialized. */
  readonly request: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
}

/** `code` is one of https://grpc.io/docs/guides/status-codes/, 0 when all went well. */
export interface GrpcAnswer {
  readonly code: number;
  readonly message: string;
  readonly body: Buffer;
}

/** A flag and the length of the message before each: no compression is asked for. */
const prefixBytes = 5;
const UNKNOWN = 2;

/**
 * One unary call on a connection that is open: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md. Rejects when
 * there is no answer of gRPC at all.
 */
export async function callGrpc(session: ClientHttp2Session, call: GrpcCall): Promise<GrpcAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<GrpcAnswer>();
  const { path, request, headers = {}, timeoutMs, maxAnswerBytes } = call;
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    'grpc-timeout': `${Math.ceil(timeoutMs)}m`,
    ...headers,
  });
  const parts: Buffer[] = [];
  let length = 0;
  let first: IncomingHttpHeaders = {};
  let last: IncomingHttpHeaders = {};
  const give = (why: string) => {
    reject(new Error(why));
    stream.close(constants.NGHTTP2_CANCEL);
  };
  // Of the whole call, not of a pause in it: a peer that trickles must not hold it open.
  const timer = setTimeout(() => give(`no answer within ${timeoutMs} ms`), timeoutMs);
  stream.on('response', (received) => {
    first = received;
  });
  stream.on('trailers', (received: IncomingHttpHeaders) => {
    last = received;
  });
  stream.on('data', (part: Buffer) => {
    parts.push(part);
    length += part.length;
    if (length > maxAnswerBytes) give('its answer is too long');
  });
  stream.on('error', reject);
  stream.on('close', () => {
    clearTimeout(timer);
    // A call that fails before it has begun is answered with headers alone.
    const status = { ...first, ...last };
    const code = status['grpc-status'];
    if (code === undefined) reject(new Error(`no answer of gRPC (HTTP status ${status[':status'] ?? 'none'})`));
    else resolve({ code: codeOf(code), message: textOf(status['grpc-message']), body: bodyOf(Buffer.concat(parts)) });
  });
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32BE(request.length, 1);
  stream.end(Buffer.concat([prefix, request]));
  return promise;
}

function codeOf(text: string | string[]): number {
  const code = Number(text);
  return Number.isInteger(code) ? code : UNKNOWN;
}

function textOf(value: string | string[] | undefined): string {
  const text = String(value ?? '');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function bodyOf(answer: Buffer): Buffer {
  if (answer.length < prefixBytes) return Buffer.alloc(0);
  return answer.subarray(prefixBytes, prefixBytes + answer.readUInt32BE(1));
}
