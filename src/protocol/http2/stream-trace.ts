import type { ParentRule } from '../../span/span.ts';
import { readTraceparent, readTracestate } from '../trace-context.ts';
import { type Stream, valuesOf } from './stream.ts';

/** What the headers of a request say of its trace. */
export interface StreamTrace {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceFlags: number;
  readonly traceState: string;
  readonly parentRule: ParentRule;
}

const none: StreamTrace = {
  traceId: '',
  spanId: '',
  parentSpanId: '',
  traceFlags: 1,
  traceState: '',
  parentRule: 'none',
};

export function traceOf({ request }: Stream): StreamTrace {
  const [parent, second] = valuesOf(request, 'traceparent');
  const context = parent === undefined || second !== undefined ? undefined : readTraceparent(parent);
  if (context === undefined) return none;
  return {
    traceId: context.traceId,
    spanId: '',
    parentSpanId: context.spanId,
    traceFlags: context.traceFlags,
    traceState: readTracestate(valuesOf(request, 'tracestate')),
    parentRule: 'header',
  };
}
