import { wallNs } from '../span/clock.ts';
import { newSpanId } from '../span/ids.ts';
import type { Span, SpanKind } from '../span/span.ts';
import { SPAN, STATUS } from './otlp-fields.ts';
import { type OtlpRequest, writeAttribute } from './otlp-request.ts';
import { SPAN_METRICS_SKIP } from './otlp-resource.ts';

const kinds: { readonly [kind in SpanKind]: number } = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };
const statusCodes = { unset: 0, ok: 1, error: 2 } as const;

/** Above the flags of the trace: whether the parent's place is known, and whether it is elsewhere. */
const HAS_IS_REMOTE = 0x100;
const IS_REMOTE = 0x200;

/** Below this a request waited for nothing but the wake-up of its process: two more spans would say nothing. */
const worthShowingNs = 500_000;

export interface ShownAttributes {
  readonly hides: (attribute: string) => boolean;
  /** Span metrics are made here: readers need not make them again. */
  readonly hasSpanMetrics: boolean;
}

/** What a span and its parts differ in. */
interface Part {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly isParentRemote: boolean;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startNs: number;
  readonly endNs: number;
}

/**
 * A server whose handler began well after the request had arrived shows the wait: the span covers both, with a child for
 * each. The second carries the span's own id, because spans made downstream name that one as their parent.
 */
export function writeSpans(request: OtlpRequest, span: Span, shown: ShownAttributes): void {
  const isServed = span.kind === 'server' || span.kind === 'consumer';
  const isQueued = isServed && span.startNs - span.requestStartNs >= worthShowingNs;
  const { spanId, parentSpanId, name, kind, requestStartNs, startNs, endNs } = span;
  const outer = isQueued ? newSpanId() : spanId;
  const isParentRemote = isServed && parentSpanId !== '';
  const whole = { spanId: outer, parentSpanId, isParentRemote, name, kind, startNs: requestStartNs, endNs };
  writePart(request, span, whole, shown);
  if (!isQueued) return;
  const inner = { parentSpanId: outer, isParentRemote: false, kind: 'internal' } as const;
  writePart(request, span, {
    ...inner,
    spanId: newSpanId(),
    name: 'in queue',
    startNs: requestStartNs,
    endNs: startNs,
  });
  writePart(request, span, { ...inner, spanId, name: 'processing', startNs, endNs });
}

/** Only the whole has attributes and a status: it comes with what is shown of them. */
function writePart(request: OtlpRequest, span: Span, part: Part, shown?: ShownAttributes): void {
  const { writer } = request;
  const item = request.item();
  writer.id(SPAN.traceId, span.traceId);
  writer.id(SPAN.spanId, part.spanId);
  if (span.traceState !== '' && part.name !== 'in queue') writer.text(SPAN.traceState, span.traceState);
  if (part.parentSpanId !== '') writer.id(SPAN.parentSpanId, part.parentSpanId);
  writer.text(SPAN.name, part.name);
  writer.integer(SPAN.kind, kinds[part.kind]);
  writer.time(SPAN.start, wallNs(part.startNs));
  writer.time(SPAN.end, wallNs(part.endNs));
  if (shown !== undefined) writeShown(request, span, shown);
  const status = writer.begin(SPAN.status);
  if (shown !== undefined) {
    if (span.statusMessage !== '') writer.text(STATUS.message, span.statusMessage);
    writer.integer(STATUS.code, statusCodes[span.status]);
  }
  writer.end(status);
  const parent = part.isParentRemote ? IS_REMOTE : 0;
  writer.fixed32(SPAN.flags, (span.traceFlags & 0xff) | HAS_IS_REMOTE | parent);
  writer.end(item);
}

function writeShown({ writer }: OtlpRequest, { attributes }: Span, { hides, hasSpanMetrics }: ShownAttributes): void {
  writer.beginList(SPAN.attributes);
  for (const name in attributes) {
    const value = attributes[name as keyof typeof attributes];
    if (value !== '' && value !== undefined && !hides(name)) writeAttribute(writer, SPAN.attributes, name, value);
  }
  if (hasSpanMetrics) writeAttribute(writer, SPAN.attributes, SPAN_METRICS_SKIP, true);
  writer.endList();
}
