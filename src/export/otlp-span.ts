import {
  createTraceState,
  type HrTime,
  type Attributes as OtlpAttributes,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
} from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { wallNs } from '../span/clock.ts';
import { newSpanId } from '../span/ids.ts';
import type { Span } from '../span/span.ts';
import { scope } from './otlp-resource.ts';

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;

const statusCodes = { unset: SpanStatusCode.UNSET, ok: SpanStatusCode.OK, error: SpanStatusCode.ERROR } as const;

const nothing: never[] = [];
const noAttributes = {};
const unset = { code: SpanStatusCode.UNSET };

/** A finished span in the shape that the serializers of the SDK read. */
class OtlpSpan implements ReadableSpan {
  readonly instrumentationScope = scope;
  readonly links = nothing;
  readonly events = nothing;
  readonly ended = true;
  readonly droppedAttributesCount = 0;
  readonly droppedEventsCount = 0;
  readonly droppedLinksCount = 0;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly attributes: OtlpAttributes;
  readonly status: ReadableSpan['status'];
  readonly resource: Resource;
  readonly parentSpanContext?: SpanContext;
  readonly #context: SpanContext;

  constructor(
    context: SpanContext,
    parent: SpanContext | undefined,
    shown: Pick<ReadableSpan, 'name' | 'kind' | 'startTime' | 'endTime' | 'attributes' | 'status' | 'resource'>,
  ) {
    this.#context = context;
    if (parent !== undefined) this.parentSpanContext = parent;
    this.name = shown.name;
    this.kind = shown.kind;
    this.startTime = shown.startTime;
    this.endTime = shown.endTime;
    this.attributes = shown.attributes;
    this.status = shown.status;
    this.resource = shown.resource;
  }

  get duration(): HrTime {
    const ns = (this.endTime[0] - this.startTime[0]) * 1e9 + this.endTime[1] - this.startTime[1];
    return [Math.floor(ns / 1e9), ns % 1e9];
  }

  spanContext(): SpanContext {
    return this.#context;
  }
}

/** Below this a request waited for nothing but the wake-up of its process: two more spans would say nothing. */
const worthShowingNs = 500_000;

/**
 * A server whose handler began well after the request had arrived shows the wait: the span covers both, with a child for
 * each. The second carries the span's own id, because spans made downstream name that one as their parent.
 */
export function otlpSpans(
  span: Span,
  resource: Resource,
  hides: (attribute: string) => boolean,
  out: ReadableSpan[],
): void {
  const { traceId, parentSpanId, traceFlags } = span;
  const isServed = span.kind === 'server' || span.kind === 'consumer';
  const parent = parentSpanId === '' ? undefined : { traceId, spanId: parentSpanId, traceFlags, isRemote: isServed };
  const own = { traceId, spanId: span.spanId, traceFlags, ...stateOf(span) };
  const isQueued = isServed && span.startNs - span.requestStartNs >= worthShowingNs;
  const startTime = hrTime(span.requestStartNs);
  const endTime = hrTime(span.endNs);
  const outer = isQueued ? { ...own, spanId: newSpanId() } : own;
  const attributes = shownAttributes(span, hides);
  const status = statusOf(span);
  out.push(
    new OtlpSpan(outer, parent, {
      name: span.name,
      kind: kinds[span.kind],
      startTime,
      endTime,
      attributes,
      status,
      resource,
    }),
  );
  if (!isQueued) return;
  const between = hrTime(span.startNs);
  const inner = { kind: SpanKind.INTERNAL, attributes: noAttributes, status: unset, resource };
  const queue = { traceId, spanId: newSpanId(), traceFlags };
  out.push(new OtlpSpan(queue, outer, { ...inner, name: 'in queue', startTime, endTime: between }));
  out.push(new OtlpSpan(own, outer, { ...inner, name: 'processing', startTime: between, endTime }));
}

function stateOf({ traceState }: Span): Pick<SpanContext, 'traceState'> {
  return traceState === '' ? {} : { traceState: createTraceState(traceState) };
}

function statusOf({ status, statusMessage }: Span): ReadableSpan['status'] {
  if (statusMessage !== '') return { code: statusCodes[status], message: statusMessage };
  return status === 'unset' ? unset : { code: statusCodes[status] };
}

function shownAttributes(span: Span, hides: (attribute: string) => boolean): OtlpAttributes {
  const shown: Record<string, OtlpAttributes[string]> = {};
  const { attributes } = span;
  for (const name in attributes) {
    const value = attributes[name as keyof typeof attributes];
    if (value !== '' && value !== undefined && !hides(name)) shown[name] = value as OtlpAttributes[string];
  }
  return shown;
}

/** Seconds and nanoseconds since the epoch. */
function hrTime(monotonicNs: number): HrTime {
  const ns = wallNs(monotonicNs);
  const seconds = ns / 1_000_000_000n;
  return [Number(seconds), Number(ns - seconds * 1_000_000_000n)];
}
