import { HttpEvent, TraceContext, TraceLink } from '../kernel/abi.gen.ts';
import { noTrace, type TraceFacts } from '../protocol/exchange-facts.ts';
import { readTracestate } from '../protocol/trace-context.ts';
import type { ParentRule } from '../span/span.ts';

/** What the kernel programs say of an exchange's trace. */
type KernelTraceFacts = Omit<TraceFacts, 'traceState'>;

const { id, span, parent, flags, link } = TraceContext.at;
const rules: readonly ParentRule[] = rulesByNumber();

function rulesByNumber(): ParentRule[] {
  const names: ParentRule[] = [];
  for (const [name, number] of Object.entries(TraceLink)) names[number] = name as ParentRule;
  return names;
}

/** Of the record that begins at `start`; none when the kernel programs were not asked for traces. */
export function traceFactsOf(bytes: Buffer, start: number): KernelTraceFacts {
  const at = start + HttpEvent.at.trace;
  if (isZero(bytes, at + span)) return noTrace;
  return {
    traceId: bytes.toString('hex', at + id, at + id + 16),
    spanId: bytes.toString('hex', at + span, at + span + 8),
    parentSpanId: isZero(bytes, at + parent) ? '' : bytes.toString('hex', at + parent, at + parent + 8),
    traceFlags: bytes[at + flags] ?? 0,
    parentRule: rules[bytes[at + link] ?? 0] ?? 'none',
  };
}

/** `parts`: the values of all tracestate headers, a line each. They count only beside a valid traceparent. */
export function traceStateOf(parts: Buffer | undefined, { parentRule }: KernelTraceFacts): string {
  if (parts === undefined || (parentRule !== 'header' && parentRule !== 'forwarded')) return '';
  return readTracestate(parts.toString('latin1').split('\n'));
}

function isZero(bytes: Buffer, at: number): boolean {
  return bytes.readUInt32LE(at) === 0 && bytes.readUInt32LE(at + 4) === 0;
}
