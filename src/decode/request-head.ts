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
  const methodEnd = bytes.indexOf(blank, from);
  if (methodEnd < 0 || methodEnd >= lineEnd) return undefined;
  const versionAt = lineBytes <= to - from ? bytes.lastIndexOf(blank, lineEnd - 4) : lineEnd;
  const fields = wantsFields ? bytes.toString('latin1', lineEnd - 2, to) : '';
  return {
    method: bytes.toString('latin1', from, methodEnd),
    target: text(bytes, methodEnd + 1, versionAt > methodEnd ? versionAt : lineEnd),
    host: hostHeader.exec(fields)?.[1] ?? '',
    isH2c: h2cHeader.test(fields),
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
