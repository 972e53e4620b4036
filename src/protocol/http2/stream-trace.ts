import { noTrace, type TraceFacts } from '../exchange-facts.ts';
import { readTraceparent, readTracestate } from '../trace-context.ts';
import { type Stream, valuesOf } from './stream.ts';

/** What the headers of a request say of its trace. */
export function traceOf({ request }: Stream): TraceFacts {
  const [parent, second] = valuesOf(request, 'traceparent');
  const context = parent === undefined || second !== undefined ? undefined : readTraceparent(parent);
  if (context === undefined) return noTrace;
  return {
    traceId: context.traceId,
    spanId: '',
    parentSpanId: context.spanId,
    traceFlags: context.traceFlags,
    traceState: readTracestate(valuesOf(request, 'tracestate')),
    parentRule: 'header',
  };
}
