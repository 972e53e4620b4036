import { Lru } from '../lib/lru.ts';

/** What the first bytes of a request say: https://www.rfc-editor.org/rfc/rfc9112#section-3 */
export interface RequestHead {
  readonly method: string;
  /** Request-target as it stood on the line; bytes that are no UTF-8 are left out. */
  readonly target: string;
  /** Value of the Host header, empty when it lies behind the bytes at hand. */
  readonly host: string;
  /** It asks to go on as HTTP/2 in plain text: https://www.rfc-editor.org/rfc/rfc7540#section-3.2 */
  readonly isH2c: boolean;
}

/** Lines of this many bytes are remembered, so many of them in each of two generations: most requests have been made before. */
const rememberedBytes = 256;
const rememberedLines = 512;
const known = new Lru<string, RequestHead>(rememberedLines);

const blank = 32;
const h2cHeader = /\r?\nupgrade:[ \t]*h2c[ \t]*\r?\n/i;
const timeoutHeader = /\r?\ngrpc-timeout:[ \t]*([^\r\n]*?)[ \t]*\r?\n/i;
const hostHeader = /\r?\nhost:[ \t]*([^\r\n]*?)[ \t]*\r?\n/i;

/**
 * Reads the head's first bytes, [from, to) of `bytes`. `lineBytes` is the length of its request line with the line end, as the
 * kernel found it; the target is cut where the bytes end.
 */
export function readRequestHead(
  bytes: Buffer,
  from: number,
  to: number,
  lineBytes: number,
  wantsFields: boolean,
): RequestHead | undefined {
  const lineEnd = Math.min(from + lineBytes, to);
  const line =
    lineEnd - from > rememberedBytes
      ? lineIn(bytes, from, lineEnd, lineBytes)
      : knownLine(bytes, from, lineEnd, lineBytes);
  if (line === undefined || !wantsFields) return line;
  const fields = bytes.toString('latin1', lineEnd - 2, to);
  return { ...line, host: hostHeader.exec(fields)?.[1] ?? '', isH2c: h2cHeader.test(fields) };
}

function knownLine(bytes: Buffer, from: number, lineEnd: number, lineBytes: number): RequestHead | undefined {
  const text = bytes.toString('latin1', from, lineEnd);
  const found = known.get(text);
  if (found !== undefined) return found;
  const line = lineIn(bytes, from, lineEnd, lineBytes);
  // a line that is cut is one of many that begin alike
  if (line !== undefined && lineEnd - from === lineBytes) known.set(text, line);
  return line;
}

/** Of the line alone, without its fields. */
function lineIn(bytes: Buffer, from: number, lineEnd: number, lineBytes: number): RequestHead | undefined {
  const methodEnd = bytes.indexOf(blank, from);
  if (methodEnd < 0 || methodEnd >= lineEnd) return undefined;
  const versionAt = lineEnd - from === lineBytes ? bytes.lastIndexOf(blank, lineEnd - 4) : lineEnd;
  return {
    method: bytes.toString('latin1', from, methodEnd),
    target: text(bytes, methodEnd + 1, versionAt > methodEnd ? versionAt : lineEnd),
    host: '',
    isH2c: false,
  };
}

/** Value of `grpc-timeout` among the head's first bytes, empty when it is not there. */
export function grpcTimeoutIn(bytes: Buffer, from: number, to: number): string {
  return timeoutHeader.exec(bytes.toString('latin1', from, to))?.[1] ?? '';
}

function text(bytes: Buffer, from: number, to: number): string {
  const decoded = bytes.toString('utf8', from, to);
  return decoded.includes('\ufffd') ? decoded.replaceAll('\ufffd', '') : decoded;
}
