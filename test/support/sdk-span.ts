import { type HrTime, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { resourceAttributes } from '../../src/export/resource.ts';
import { wallNs } from '../../src/span/clock.ts';
import type { Span } from '../../src/span/span.ts';
import { product } from '../../src/telemetry/product.ts';

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const;
const codes = { unset: SpanStatusCode.UNSET, ok: SpanStatusCode.OK, error: SpanStatusCode.ERROR } as const;

/** A span that did not wait, in the shape that the SDK's exporters take. */
export function sdkSpan(span: Span): ReadableSpan {
  const { traceId, spanId, parentSpanId, traceFlags, kind } = span;
  const isRemote = kind === 'server' || kind === 'consumer';
  const shown = Object.entries(span.attributes).filter(([, value]) => value !== '' && value !== undefined);
  return {
    name: span.name,
    kind: kinds[kind],
    spanContext: () => ({ traceId, spanId, traceFlags }),
    ...(parentSpanId !== '' && { parentSpanContext: { traceId, spanId: parentSpanId, traceFlags, isRemote } }),
    startTime: hrTime(span.requestStartNs),
    endTime: hrTime(span.endNs),
    status: { code: codes[span.status], ...(span.statusMessage !== '' && { message: span.statusMessage }) },
    attributes: Object.fromEntries(shown) as ReadableSpan['attributes'],
    links: [],
    events: [],
    duration: [0, 0],
    ended: true,
    resource: resourceFromAttributes(resourceAttributes(span.service)),
    instrumentationScope: { name: product.scope, version: product.version },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function hrTime(monotonicNs: number): HrTime {
  const ns = wallNs(monotonicNs);
  return [Number(ns / 1_000_000_000n), Number(ns % 1_000_000_000n)];
}
