/** The headers of https://www.w3.org/TR/trace-context, for whoever reads headers in user space. */
export interface TraceContext {
  readonly traceId: string;
  /** Of the span that made the call. */
  readonly spanId: string;
  readonly traceFlags: number;
}

const traceparent = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const noTraceId = '0'.repeat(32);
const noSpanId = '0'.repeat(16);

/** Undefined for a value that is not valid. Of a message with several such headers none is: ask nothing then. */
export function readTraceparent(value: string): TraceContext | undefined {
  const [, version, traceId = '', spanId = '', flags = '', more] = traceparent.exec(trimmed(value)) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (traceId === noTraceId || spanId === noSpanId) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
}

const maxMembers = 32;
/** So many characters everybody passes on; a receiver of spans may take no more. */
const maxStateLength = 512;
const longMember = 128;
const key = String.raw`[a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13}`;
const member = new RegExp(String.raw`^(?:${key})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$`);

/**
 * One tracestate of all such headers of a message, in their order; empty when anything in it is not valid. What is too
 * long loses its long members first, then its last ones.
 */
export function readTracestate(headers: readonly string[]): string {
  const members = headers
    .flatMap((header) => header.split(','))
    .map(trimmed)
    .filter((text) => text !== '');
  if (members.length > maxMembers || !members.every((text) => member.test(text))) return '';
  if (lengthOf(members) <= maxStateLength) return members.join(',');
  const kept = members.filter((text) => text.length <= longMember);
  while (lengthOf(kept) > maxStateLength) kept.pop();
  return kept.join(',');
}

function lengthOf(members: readonly string[]): number {
  return members.reduce((sum, text) => sum + text.length + 1, -1);
}

/** Without the blanks that HTTP allows around values: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.3 */
function trimmed(text: string): string {
  return text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
}
