import type { ClientHttp2Session, IncomingHttpHeaders } from 'node:http2';

export interface GrpcCall {
  /** Those of gRPC itself need not be given. */
  readonly headers: Readonly<Record<string, string>>;
  readonly message: Uint8Array;
  /** Whether the message is, as the header grpc-encoding says. */
  readonly isCompressed?: boolean;
  readonly timeoutMs: number;
  /** More of an answer is not kept. */
  readonly maxAnswerBytes: number;
  readonly signal?: AbortSignal;
}

export interface GrpcReply {
  /** 0 unless the peer broke the call off. */
  readonly rstCode: number;
  readonly headers: IncomingHttpHeaders;
  /** Where the status is: those after the answer, or the headers of one without a body. */
  readonly status: IncomingHttpHeaders;
  readonly message: Buffer;
  readonly isCompressed: boolean;
}

/** Before each message: whether it is compressed, and its length. */
const prefixBytes = 5;

/**
 * One unary call on an open connection: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md. Rejects when the
 * connection fails or there is no answer in time.
 */
export function callGrpc(session: ClientHttp2Session, call: GrpcCall): Promise<GrpcReply> {
  const { message, isCompressed = false, timeoutMs, maxAnswerBytes, signal } = call;
  const { promise, resolve, reject } = Promise.withResolvers<GrpcReply>();
  const own = {
    ':method': 'POST',
    'content-type': 'application/grpc',
    te: 'trailers',
    'grpc-timeout': `${timeoutMs}m`,
  };
  const stream = session.request({ ...own, ...call.headers });
  let headers: IncomingHttpHeaders = {};
  let trailers: IncomingHttpHeaders = {};
  const chunks: Buffer[] = [];
  let bytes = 0;
  const giveUp = (why: string) => (): void => reject(new Error(why));
  // of the whole call: a peer that trickles must not hold it open
  const timer = setTimeout(giveUp('timeout'), timeoutMs);
  const abort = giveUp('aborted');
  signal?.addEventListener('abort', abort);
  stream.on('response', (given) => {
    headers = given;
  });
  stream.on('trailers', (given: IncomingHttpHeaders) => {
    trailers = given;
  });
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxAnswerBytes) chunks.push(chunk);
  });
  stream.on('error', reject);
  stream.on('close', () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    const status = 'grpc-status' in trailers ? trailers : headers;
    resolve({ rstCode: stream.rstCode, headers, status, ...unframed(Buffer.concat(chunks)) });
  });
  stream.write(prefix(message.length, isCompressed));
  stream.end(message);
  return promise;
}

function prefix(length: number, isCompressed: boolean): Buffer {
  const bytes = Buffer.alloc(prefixBytes);
  bytes.writeUInt8(isCompressed ? 1 : 0);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

/** A message that is not whole is none. */
function unframed(body: Buffer): { readonly message: Buffer; readonly isCompressed: boolean } {
  const length = body.length < prefixBytes ? 0 : body.readUInt32BE(1);
  if (body.length < prefixBytes + length) return { message: Buffer.alloc(0), isCompressed: false };
  return { message: body.subarray(prefixBytes, prefixBytes + length), isCompressed: body[0] === 1 };
}
