/** What the first bytes of a request say: https://www.rfc-editor.org/rfc/rfc9112#section-3 */
export interface RequestHead {
  readonly method: string;
  /** Request-target as it stood on the line; bytes that are no UTF-8 are left out. */
  readonly target: string;
  /** Value of the Host header, empty when it lies behind the bytes at hand. */
  readonly host: string;
}

const blank = 32;
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
  wantsHost: boolean,
): RequestHead | undefined {
  const lineEnd = Math.min(from + lineBytes, to);
  const methodEnd = bytes.indexOf(blank, from);
  if (methodEnd < 0 || methodEnd >= lineEnd) return undefined;
  const versionAt = lineBytes <= to - from ? bytes.lastIndexOf(blank, lineEnd - 4) : lineEnd;
  return {
    method: bytes.toString('latin1', from, methodEnd),
    target: text(bytes, methodEnd + 1, versionAt > methodEnd ? versionAt : lineEnd),
    host: wantsHost ? (hostHeader.exec(bytes.toString('latin1', lineEnd - 2, to))?.[1] ?? '') : '',
  };
}

function text(bytes: Buffer, from: number, to: number): string {
  const decoded = bytes.toString('utf8', from, to);
  return decoded.includes('\ufffd') ? decoded.replaceAll('\ufffd', '') : decoded;
}
