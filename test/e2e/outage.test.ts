import { afterAll, beforeAll, expect, test } from 'vitest';
import { otlpMetricsSink } from '../../src/export/otlp-metrics.ts';
import { defaultRetry } from '../../src/export/otlp-retry.ts';
import { otlpTracesSink } from '../../src/export/otlp-traces.ts';
import { counters } from '../../src/telemetry/counters.ts';
import { aggregate } from '../support/aggregate.ts';
import { buildCollector, type Collector, startCollector } from '../support/collector.ts';
import { deliveryOptions, grpcOptions } from '../support/otlp-options.ts';
import { type OtlpReceiver, otlpReceiver } from '../support/otlp-receiver.ts';
import { patience } from '../support/patience.ts';
import { testService, testSpan } from '../support/spans.ts';
import { until } from '../support/until.ts';

/** How long the Collector is away, in the time of its load. Pauses have reached their longest after some 10 s: OUTAGE_SECONDS=60 shows them. */
const outageMs = Number(process.env['OUTAGE_SECONDS'] ?? 5) * 1_000;
const spansEach10Ms = 10;
const queueSize = 2_048;

let collector: Collector;
let behind: OtlpReceiver;

beforeAll(async () => {
  await buildCollector();
  behind = await otlpReceiver();
  collector = await startCollector({ otlpUrl: behind.url });
}, 600_000);

afterAll(async () => {
  await collector.remove();
  await behind.close();
});

test(
  'a Collector that is killed under load and comes back has data within 10 s, and nothing is unaccounted for',
  async () => {
    const { metrics, write } = aggregate();
    // with the pauses of production
    const retry = { retry: defaultRetry };
    const traces = otlpTracesSink({
      ...grpcOptions(collector.grpcUrl, 'traces', retry),
      ...{ instrumentations: ['*'], sampler: { name: 'always_on', ratio: 1 }, select: {}, hasSpanMetrics: false },
      ...{ batchMaxSize: 512, batchTimeoutMs: 100, queueSize, closeMs: 20_000 },
    });
    await traces.start();
    const points = otlpMetricsSink({
      ...deliveryOptions(`${collector.httpUrl}/v1/metrics`, retry),
      ...{ metrics, ttlMs: 0, temporality: 'cumulative', select: {}, hasSpanMetrics: false },
      ...{ intervalMs: 1_000, closeMs: 20_000 },
    });
    const service = testService({ name: 'loaded' });
    const lostBefore = counters.total('spans_lost');
    const pointsLostBefore = counters.total('points_lost');
    const fullBefore = counters.get('spans_lost', 'otlp_queue_full');
    const exportedBefore = counters.get('spans_exported', 'otlp');
    let written = 0;
    const load = setInterval(() => {
      const spans = Array.from({ length: spansEach10Ms }, () => {
        const id = (++written).toString(16);
        const ids = { traceId: id.padStart(32, '0'), spanId: id.padStart(16, '0') };
        return testSpan({ service, startNs: 1_000_000_000 }, ids);
      });
      traces.write(spans);
      write(spans);
    }, 10);
    const arrived = () => new Set(behind.spans().map(({ traceId }) => traceId));
    const counted = () =>
      behind
        .metrics()
        .filter(({ name }) => name === 'http.server.request.duration')
        .map(({ histogram }) => Number(histogram?.dataPoints[0]?.count ?? 0));
    await points.start();
    await until(() => arrived().size > 1_000 && counted().length > 0, { withinMs: 30_000, what: 'data' });

    await collector.kill();
    const usedBefore = memoryUsed();
    const [writtenThen, killedAt] = [written, performance.now()];
    await until(() => performance.now() - killedAt >= outageMs && written - writtenThen > 2 * queueSize, {
      withinMs: outageMs + 60_000,
      what: 'the queue to overflow',
    });
    const grown = memoryUsed() - usedBefore;
    const [spansThen, countThen] = [arrived().size, written];
    await collector.start();
    const backMs = performance.now();
    await until(() => arrived().size > spansThen && Math.max(...counted()) >= countThen, {
      withinMs: 30_000,
      what: () => `spans and metrics again\n${collector.tail()}`,
    });
    const tookMs = performance.now() - backMs;

    clearInterval(load);
    await Promise.all([traces.stop(), points.stop()]);
    const exported = counters.get('spans_exported', 'otlp') - exportedBefore;
    const lost = counters.total('spans_lost') - lostBefore;
    console.log(
      JSON.stringify({ outageMs, written, exported, lost, tookMs: Math.round(tookMs), grownMb: grown >> 20 }),
    );
    expect(tookMs).toBeLessThan(10_000 * patience);
    expect(grown).toBeLessThan(32 * 1024 * 1024);
    expect(exported + lost).toBe(written);
    // all that was lost found the queue full
    expect(counters.get('spans_lost', 'otlp_queue_full') - fullBefore).toBe(lost);
    expect(lost).toBeGreaterThan(0);
    // a request that the Collector took while it was killed is repeated; no span is missing
    expect(arrived().size).toBe(exported);
    // sums are the same as if it had never been away: no point counts as lost
    expect(counters.total('points_lost') - pointsLostBefore).toBe(0);
    expect(Math.max(...counted())).toBe(written);
    expect(counted()).toEqual(counted().toSorted((a, b) => a - b));
  },
  outageMs + 120_000,
);

function memoryUsed(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
