import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DeliveryOptions } from '../../src/export/otlp-delivery.ts';
import { otlpMetricsSink } from '../../src/export/otlp-metrics.ts';
import { otlpTracesSink } from '../../src/export/otlp-traces.ts';
import type { Metrics } from '../../src/metrics/metrics.ts';
import type { Span } from '../../src/span/span.ts';
import { counters } from '../../src/telemetry/counters.ts';
import { aggregate } from '../support/aggregate.ts';
import { buildCollector, type Collector, startCollector } from '../support/collector.ts';
import { byResource } from '../support/otlp-normal.ts';
import { deliveryOptions, grpcOptions } from '../support/otlp-options.ts';
import { type OtlpReceiver, otlpReceiver } from '../support/otlp-receiver.ts';
import { testService, testSpan } from '../support/spans.ts';

/** A real Collector takes what we send, and passes on what it understood. It is compared with what we sent. */
let collector: Collector;
/** Behind the Collector. */
let behind: OtlpReceiver;
/** In the place of the Collector. */
let direct: OtlpReceiver;

beforeAll(async () => {
  await buildCollector();
  behind = await otlpReceiver();
  collector = await startCollector({ otlpUrl: behind.url });
}, 600_000);

beforeEach(async () => {
  direct = await otlpReceiver();
});

afterEach(() => direct.close());

afterAll(async () => {
  await collector.remove();
  await behind.close();
});

const services = ['cart', 'checkout', 'search'].map((name, i) =>
  testService({
    name,
    namespace: i === 0 ? '' : 'shop',
    instanceId: `host:${i}`,
    resource: { 'host.name': `node${i}`, 'container.id': 'ü'.repeat(i) },
  }),
);

/** Of several services, in turn; none of them waited in a queue, for the spans of that have ids of their own. */
function traffic(): readonly Span[] {
  return Array.from({ length: 60 }, (_, i) => {
    const service = services[i % services.length] ?? testService();
    const status = [200, 404, 500][i % 5] ?? 200;
    const side = i % 4 === 0 ? 'client' : 'server';
    const endNs = 1_000_000_000 + (i + 1) * 7_000_000;
    const facts = { service, status, side, startNs: 1_000_000_000, endNs, target: `/items/${i % 7}?q=${i}` } as const;
    const id = (i + 1).toString(16);
    const parentSpanId = i % 3 === 0 ? 'd'.repeat(16) : '';
    const ids = { traceId: id.padStart(32, '0'), spanId: id.padStart(16, '0'), parentSpanId };
    return testSpan(facts, { ...ids, route: `/items/*`, name: `GET /items/${i}` });
  });
}

function tracesTo(options: DeliveryOptions) {
  return otlpTracesSink({
    ...options,
    instrumentations: ['*'],
    sampler: { name: 'always_on', ratio: 1 },
    batchMaxSize: 25,
    batchTimeoutMs: 10,
    queueSize: 16_384,
    select: {},
    hasSpanMetrics: false,
    closeMs: 10_000,
  });
}

function metricsTo(options: DeliveryOptions, metrics: Metrics, temporality: 'cumulative' | 'delta') {
  return otlpMetricsSink({
    ...options,
    metrics,
    intervalMs: 60_000,
    ttlMs: 0,
    temporality,
    exemplars: 'trace_based',
    select: {},
    hasSpanMetrics: true,
    closeMs: 10_000,
  });
}

const protocols = ['grpc', 'http/protobuf', 'http/json'] as const;

function toCollector(protocol: (typeof protocols)[number], signal: 'traces' | 'metrics', gzip: boolean) {
  return protocol === 'grpc'
    ? grpcOptions(collector.grpcUrl, signal, { gzip })
    : deliveryOptions(`${collector.httpUrl}/v1/${signal}`, { protocol, gzip });
}

const cases = protocols.flatMap((protocol) => [false, true].map((gzip) => ({ protocol, gzip })));

describe.each(cases)('over $protocol, compressed: $gzip', ({ protocol, gzip }) => {
  /** What came through the Collector while the work was done. */
  async function arrived(work: () => Promise<void>) {
    const before = behind.requests.length;
    await work();
    return behind.requests.slice(before);
  }

  test('every span arrives as it was sent, resource by resource', async () => {
    const spans = traffic();
    const before = counters.get('spans_exported', 'otlp');
    const requests = await arrived(async () => {
      const sink = tracesTo(toCollector(protocol, 'traces', gzip));
      await sink.start();
      sink.write(spans);
      await sink.stop();
    });
    expect(counters.get('spans_exported', 'otlp') - before).toBe(spans.length);
    const reference = tracesTo(deliveryOptions(`${direct.url}/v1/traces`));
    await reference.start();
    reference.write(spans);
    await reference.stop();
    expect(Object.keys(byResource(requests))).toHaveLength(services.length);
    expect(byResource(requests)).toEqual(byResource(direct.requests));
  });

  test.each([
    { temporality: 'cumulative', exponential: undefined },
    { temporality: 'delta', exponential: undefined },
    { temporality: 'cumulative', exponential: { maxSize: 160, maxScale: 20 } },
  ] as const)('every $temporality point arrives as it was sent, resource by resource', async (kind) => {
    const { metrics, write } = aggregate({
      features: ['application', 'application_span'],
      exponential: kind.exponential,
    });
    const through = metricsTo(toCollector(protocol, 'metrics', gzip), metrics, kind.temporality);
    const reference = metricsTo(deliveryOptions(`${direct.url}/v1/metrics`), metrics, kind.temporality);
    // every other span was exported: exemplars point at those
    write(traffic().map((span, i) => Object.assign(span, { isExported: i % 2 === 0 })));
    const requests = await arrived(async () => through.stop());
    await reference.stop();
    expect(Object.keys(byResource(requests))).toHaveLength(services.length);
    expect(JSON.stringify(requests).includes('exemplars')).toBe(true);
    expect(byResource(requests)).toEqual(byResource(direct.requests));
  });
});
