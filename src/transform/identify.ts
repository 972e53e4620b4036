import { newSpanId, newTraceId } from '../span/ids.ts';
import type { Span } from '../span/span.ts';

/** Gives ids to spans that the kernel or the request left without. Only traces and the printer show them. */
export function identify(spans: readonly Span[]): readonly Span[] {
  for (const span of spans) {
    if (span.traceId === '') {
      span.traceId = newTraceId();
      // a trace that begins here has no sender who could have decided against it
      span.traceFlags = 1;
      span.parentSpanId = '';
    }
    if (span.spanId === '') span.spanId = newSpanId();
  }
  return spans;
}
