import {
  createTraceState,
  type HrTime,
  type Attributes as OtlpAttributes,
  SpanKind as OtlpKind,
  type SpanContext,
  SpanStatusCode,
} from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { wallNs } from '../span/clock.ts';
import { newSpanId } from '../span/ids.ts';
import type { Span, SpanKind } from '../span/span.ts';
import { SPAN_METRICS_SKIP, scope } from './otlp-resource.ts';

const kinds: { readonly [kind in SpanKind]: OtlpKind } = {
  server: OtlpKind.SERVER,
  client: OtlpKind.CLIENT,
  producer: OtlpKind.PRODUCER,
  consumer: OtlpKind.CONSUMER,
  internal: OtlpKind.INTERNAL,
};
const statusCodes = { unset: SpanStatusCode.UNSET, ok: SpanStatusCode.OK, error: SpanStatusCode.ERROR } as const;
const unset = { code: SpanStatusCode.UNSET };
const none: never[] = [];
const noAttributes: OtlpAttributes = {};

/** Below this a request waited for nothing but the wake-up of its process: two more spans would say nothing. */
const worthShowingNs = 500_000;

export interface ShownAttributes {
  readonly hides: (attribute: string) => boolean;
  /** Span metrics are made here: readers need not make them again. */
  readonly hasSpanMetrics: boolean;
}

type Told = Pick<ReadableSpan, 'name' | 'kind' | 'startTime' | 'endTime' | 'attributes' | 'status' | 'resource'>;

/** A finished span as the SDK's serializers read it. */
class OtlpSpan implements ReadableSpan {
  readonly instrumentationScope = scope;
  readonly links = none;
  readonly events = none;
  readonly ended = true;
  readonly droppedAttributesCount = 0;
  readonly droppedEventsCount = 0;
  readonly droppedLinksCount = 0;
  readonly name: string;
  readonly kind: OtlpKind;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly attributes: OtlpAttributes;
  readonly status: ReadableSpan['status'];
  readonly resource: Resource;
  readonly parentSpanContext?: SpanContext;
  readonly #context: SpanContext;

  constructor(context: SpanContext, parent: SpanContext | undefined, told: Told) {
    this.#context = context;
    if (parent !== undefined) this.parentSpanContext = parent;
    this.name = told.name;
    this.kind = told.kind;
    this.startTime = told.startTime;
    this.endTime = told.endTime;
    this.attributes = told.attributes;
    this.status = told.status;
    this.resource = told.resource;
  }

  get duration(): HrTime {
    const ns = (this.endTime[0] - this.startTime[0]) * 1e9 + this.endTime[1] - this.startTime[1];
    return [Math.floor(ns / 1e9), ns % 1e9];
  }

  spanContext(): SpanContext {
    return this.#context;
  }
}

/** What of a span as OTLP has it differs from one request to the next. Times: see span.ts. */
export interface SpanPart {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly startNs: number;
  readonly endNs: number;
}

/**
 * A server whose handler began well after the request had arrived shows the wait: a span covers both, with a child for
 * each, `in queue` and `processing`. The second carries the span's own id, because spans made downstream name that one as
 * their parent. All others are one span.
 */
export function partsOf(span: Span): readonly [SpanPart, ...SpanPart[]] {
  const { spanId, parentSpanId, requestStartNs, startNs, endNs } = span;
  if (!hasWaited(span)) return [{ spanId, parentSpanId, startNs: requestStartNs, endNs }];
  const outer = newSpanId();
  return [
    { spanId: outer, parentSpanId, startNs: requestStartNs, endNs },
    { spanId: newSpanId(), parentSpanId: outer, startNs: requestStartNs, endNs: startNs },
    { spanId, parentSpanId: outer, startNs, endNs },
  ];
}

const childNames = ['in queue', 'processing'] as const;

/** A span for each of its parts. */
export function spansOf(span: Span, resource: Resource, shown: ShownAttributes): ReadableSpan[] {
  const { traceId, parentSpanId, traceFlags, name } = span;
  const [whole, ...children] = partsOf(span);
  const contextOf = ({ spanId }: SpanPart) => ({ traceId, spanId, traceFlags, ...stateOf(span) });
  const context = contextOf(whole);
  const isRemote = isServed(span);
  const parent = parentSpanId === '' ? undefined : { traceId, spanId: parentSpanId, traceFlags, isRemote };
  const attributes = attributesOf(span, shown);
  const told = { name, kind: kinds[span.kind], attributes, status: statusOf(span), resource };
  const inner = { kind: OtlpKind.INTERNAL, attributes: noAttributes, status: unset, resource };
  return [
    new OtlpSpan(context, parent, { ...told, ...timesOf(whole) }),
    ...children.map(
      (part, i) => new OtlpSpan(contextOf(part), context, { ...inner, name: childNames[i] ?? '', ...timesOf(part) }),
    ),
  ];
}

function timesOf({ startNs, endNs }: SpanPart): Pick<ReadableSpan, 'startTime' | 'endTime'> {
  return { startTime: hrTime(startNs), endTime: hrTime(endNs) };
}

/** A request that waited for its server long enough to show it. */
export function hasWaited(span: Span): boolean {
  return isServed(span) && span.startNs - span.requestStartNs >= worthShowingNs;
}

function isServed({ kind }: Span): boolean {
  return kind === 'server' || kind === 'consumer';
}

function stateOf({ traceState }: Span): Pick<SpanContext, 'traceState'> {
  return traceState === '' ? {} : { traceState: createTraceState(traceState) };
}

function statusOf({ status, statusMessage }: Span): ReadableSpan['status'] {
  if (statusMessage !== '') return { code: statusCodes[status], message: statusMessage };
  return status === 'unset' ? unset : { code: statusCodes[status] };
}

function attributesOf({ attributes }: Span, { hides, hasSpanMetrics }: ShownAttributes): OtlpAttributes {
  const shown: Record<string, OtlpAttributes[string]> = {};
  for (const name in attributes) {
    const value = attributes[name as keyof typeof attributes];
    if (value !== '' && value !== undefined && !hides(name)) shown[name] = value as OtlpAttributes[string];
  }
  if (hasSpanMetrics) shown[SPAN_METRICS_SKIP] = true;
  return shown;
}

/** Seconds and nanoseconds since the epoch. */
function hrTime(monotonicNs: number): HrTime {
  const ns = wallNs(monotonicNs);
  const seconds = ns / 1_000_000_000n;
  return [Number(seconds), Number(ns - seconds * 1_000_000_000n)];
}
