import { grpcCodeOfText } from './grpc-status.ts';
import { COMPRESSED, prefixBytes, webTrailersOf } from './http2/web-trailers.ts';

/** What is known of the answer to a call of gRPC-Web over HTTP/1. */
export interface WebAnswer {
  /** Its head as text. */
  readonly head: string;
  /** The first bytes of its body. */
  readonly first: Buffer;
  /** Bytes of its body with no hole between them, up to the offset `end`. */
  readonly tail: Buffer;
  readonly end: number;
}

export interface WebStatus {
  readonly code: number;
  /** Its messages, without the trailers: none, one, or more, which is said as two. */
  readonly messages: number;
}

const TRAILERS = 0x80;
/** Characters of base64 that stand for whole bytes. Each piece of a text is filled up to as many. */
const quantum = 4;
const statusHeader = /\r?\ngrpc-status:[ \t]*(\d{1,9})[ \t]*\r?\n/i;
const textType = /\r?\ncontent-type:[ \t]*application\/grpc-web-text/i;

/**
 * The status is in the head, or in the trailers, the last message of a body of `bodyBytes`. Undefined where it cannot be read: that message
 * begins before the bytes at hand, or is compressed in a way that is not known.
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md
 */
export function webStatusOf(answer: WebAnswer, bodyBytes: number): WebStatus | undefined {
  const told = statusHeader.exec(answer.head)?.[1];
  if (told !== undefined) return { code: Number(told), messages: 0 };
  if (answer.end !== bodyBytes) return undefined;
  const isText = textType.test(answer.head);
  const missing = answer.end - answer.tail.length;
  const tail = isText ? bytesOfText(answer.tail, (quantum - (missing % quantum)) % quantum) : answer.tail;
  const first = isText ? bytesOfText(answer.first, 0) : answer.first;
  for (let at = 0; at + prefixBytes <= tail.length; at++) {
    const code = codeAt(tail, at);
    if (code !== undefined) return { code, messages: messagesIn((isText ? (missing * 3) / 4 : missing) + at, first) };
  }
  return undefined;
}

/** Of trailers that begin at `at` and end with the body. */
function codeAt(body: Buffer, at: number): number | undefined {
  if (((body[at] ?? 0) & ~COMPRESSED) !== TRAILERS) return undefined;
  if (body.readUInt32BE(at + 1) !== body.length - at - prefixBytes) return undefined;
  const status = webTrailersOf(body.subarray(at)).find(({ name }) => name === 'grpc-status');
  return status && grpcCodeOfText(status.value);
}

/** In so many bytes; text may have filled them up, by less than the prefix of another message. */
function messagesIn(bytes: number, first: Buffer): number {
  if (bytes < prefixBytes || first.length < prefixBytes) return 0;
  return bytes - prefixBytes - first.readUInt32BE(1) < prefixBytes ? 1 : 2;
}

/** Pieces of base64, each with an end of its own. */
function bytesOfText(text: Buffer, from: number): Buffer {
  const pieces = text.toString('latin1', from).match(/[^=]+=*/g) ?? [];
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64')));
}
