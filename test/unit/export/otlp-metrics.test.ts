import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type OtlpMetricsOptions, otlpMetricsSink } from '../../../src/export/otlp-metrics.ts';
import type { MetricsOptions } from '../../../src/metrics/metrics.ts';
import { counters } from '../../../src/telemetry/counters.ts';
import { aggregate } from '../../support/aggregate.ts';
import { exporterContract } from '../../support/exporter-contract.ts';
import { deliveryOptions } from '../../support/otlp-options.ts';
import { type OtlpReceiver, otlpReceiver, plain, refusedUrl } from '../../support/otlp-receiver.ts';
import { spansOf, testService, testSpan } from '../../support/spans.ts';
import { until } from '../../support/until.ts';

const closeMs = 300;

function open(
  url: string,
  change: Partial<OtlpMetricsOptions> = {},
  metricsChange: Partial<MetricsOptions> = {},
  delivery = {},
) {
  const { metrics, write } = aggregate(metricsChange);
  const sink = otlpMetricsSink({
    ...deliveryOptions(`${url}/v1/metrics`, delivery),
    metrics,
    intervalMs: 60_000,
    ttlMs: 300_000,
    temporality: 'cumulative',
    select: {},
    hasSpanMetrics: false,
    closeMs,
    ...change,
  });
  return { sink, write, metrics };
}

const byPath = { select: { '*': { include: ['url.path'] } } };

exporterContract({
  name: 'OTLP metrics',
  closeMs,
  async open() {
    const receiver = await otlpReceiver();
    const { sink, write } = open(receiver.url, {}, byPath);
    const arrived = () =>
      receiver
        .metrics()
        .filter(({ name }) => name === 'http.server.request.duration')
        .flatMap(({ histogram }) => histogram?.dataPoints ?? [])
        .map(({ attributes }) => String(plain(attributes)['url.path']));
    return { sink, write, arrived, clean: receiver.close };
  },
  async openBroken() {
    const { sink, write } = open(await refusedUrl(), {}, byPath);
    return { sink, write, arrived: () => [], clean: async () => {}, lost: () => counters.total('points_lost') };
  },
  async openStuck() {
    const receiver = await otlpReceiver();
    receiver.answers.push({ hang: true }, { hang: true });
    const { sink, write } = open(receiver.url);
    return { sink, write, arrived: () => [], clean: receiver.close };
  },
  // four series of three metrics, however often their spans were written
  lostOf: () => 12,
});

let receiver: OtlpReceiver;

beforeEach(async () => {
  receiver = await otlpReceiver();
});

afterEach(() => receiver.close());

describe.each(['http/protobuf', 'http/json'] as const)('over %s', (protocol) => {
  test('a histogram arrives with its bounds, counts, sum, times and attributes', async () => {
    const { sink, write } = open(receiver.url, {}, {}, { protocol });
    const startMs = Date.now();
    write([testSpan({}, { route: '/hello' }), testSpan({ endNs: 21_000_000_000 }, { route: '/hello' })]);
    await sink.stop();
    const [metric] = receiver.metrics();
    expect(metric).toMatchObject({
      name: 'http.server.request.duration',
      description: 'duration of HTTP service calls from the server side, in seconds',
      unit: 's',
      histogram: { aggregationTemporality: 2 },
    });
    const [point] = metric?.histogram?.dataPoints ?? [];
    expect(point?.explicitBounds).toEqual([
      0, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]);
    expect(point?.bucketCounts?.map(Number)).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect([Number(point?.count), point?.sum]).toEqual([2, expect.closeTo(20.01522, 9)]);
    const ms = (ns = '0') => Number(BigInt(ns) / 1_000_000n);
    const [began, now] = [ms(point?.startTimeUnixNano), ms(point?.timeUnixNano)];
    expect(began).toBeGreaterThanOrEqual(startMs);
    expect(now).toBeGreaterThanOrEqual(began);
    expect(plain(point?.attributes ?? [])).toEqual({
      'service.name': 'testserver',
      'http.request.method': 'GET',
      'url.scheme': 'http',
      'http.response.status_code': 200,
      'http.route': '/hello',
      'server.address': 'unresolved',
      'server.port': 8080,
    });
  });

  test('a histogram may have exponential buckets', async () => {
    const exponential = { maxSize: 160, maxScale: 3 };
    const { sink, write } = open(receiver.url, {}, { exponential }, { protocol });
    const lasting = (ns: number) => testSpan({ requestStartNs: 0, startNs: 0, endNs: ns });
    write([lasting(0), lasting(1.5e9), lasting(1.5e9), lasting(2e9)]);
    await sink.stop();
    const [metric] = receiver.metrics();
    expect([metric?.name, metric?.histogram]).toEqual(['http.server.request.duration', undefined]);
    const [point] = metric?.exponentialHistogram?.dataPoints ?? [];
    const { offset = 0, bucketCounts = [] } = point?.positive ?? {};
    expect([Number(point?.count), point?.sum, Number(point?.zeroCount)]).toEqual([4, 5, 1]);
    expect([point?.scale, offset, bucketCounts.map(Number)]).toEqual([3, 4, [2, 0, 0, 1]]);
  });

  test('services arrive in one request, each with its resource', async () => {
    const { sink, write } = open(receiver.url, {}, {}, { protocol });
    for (const name of ['one', 'two', 'three']) write([testSpan({ service: testService({ name }) })]);
    await sink.stop();
    expect(receiver.requests).toHaveLength(1);
    const names = receiver.requests[0]?.resourceMetrics?.map(
      ({ resource }) => plain(resource.attributes)['service.name'],
    );
    expect(names).toEqual(['one', 'two', 'three']);
  });
});

test('a counter is a monotonic sum', async () => {
  const { sink, write } = open(receiver.url, {}, { features: ['application_span'] });
  write(spansOf(['/a']));
  await sink.stop();
  const calls = receiver.metrics().find(({ name }) => name === 'traces_spanmetrics_calls_total');
  expect(calls?.sum).toMatchObject({ aggregationTemporality: 2, isMonotonic: 1, dataPoints: [{ asDouble: 1 }] });
});

test('sums go on from export to export', async () => {
  const { sink, write } = open(receiver.url, { intervalMs: 5 });
  await sink.start();
  write(spansOf(['/a']));
  await until(() => receiver.metrics().length > 0);
  write(spansOf(['/a']));
  const counts = () => receiver.metrics().map(({ histogram }) => Number(histogram?.dataPoints[0]?.count));
  expect(await until(() => counts().includes(2))).toBe(true);
  await sink.stop();
});

test('deltas hold what came since the last export that was taken', async () => {
  const { sink, write } = open(receiver.url, { intervalMs: 5, temporality: 'delta' });
  await sink.start();
  write(spansOf(['/a', '/a']));
  await until(() => receiver.metrics().length > 0);
  receiver.answers.push({ status: 400 });
  write(spansOf(['/a']));
  const sumOf = () =>
    receiver
      .metrics()
      .filter(({ name }) => name === 'http.server.request.duration')
      .reduce((sum, { histogram }) => sum + Number(histogram?.dataPoints[0]?.count ?? 0), 0);
  expect(await until(() => sumOf() === 3)).toBe(true);
  await sink.stop();
  expect(sumOf()).toBe(3);
  expect(receiver.metrics()[0]?.histogram?.aggregationTemporality).toBe(1);
});

test('deltas of exponential buckets as well, although their scale has changed since', async () => {
  const exponential = { maxSize: 4, maxScale: 3 };
  const { sink, write } = open(receiver.url, { intervalMs: 5, temporality: 'delta' }, { exponential });
  await sink.start();
  const lasting = (ns: number) => testSpan({ requestStartNs: 0, startNs: 0, endNs: ns });
  const points = () =>
    receiver
      .metrics()
      .filter(({ name }) => name === 'http.server.request.duration')
      .flatMap(({ exponentialHistogram }) => exponentialHistogram?.dataPoints ?? []);
  const counted = () =>
    points()
      .flatMap(({ positive }) => (positive?.bucketCounts ?? []).map(Number))
      .reduce((sum, n) => sum + n, 0);
  write([lasting(1.5e9), lasting(1.5e9)]);
  await until(() => counted() === 2);
  write([lasting(1e6)]);
  expect(await until(() => counted() === 3)).toBe(true);
  await sink.stop();
  expect(points().reduce((sum, { count }) => sum + Number(count), 0)).toBe(3);
});

test('a service with very many series needs several requests', async () => {
  const { sink, write } = open(
    receiver.url,
    { closeMs: 20_000 },
    { ...byPath, budget: { perService: 9_000, total: 9_000 } },
  );
  write(spansOf(Array.from({ length: 5_000 }, (_, i) => `/${i}`)));
  await sink.stop();
  expect(receiver.requests.length).toBeGreaterThan(1);
  expect(receiver.metrics().map(({ histogram }) => histogram?.dataPoints.length)).toEqual([5_000, 5_000, 5_000]);
});

test('what was never asked for is not exported', async () => {
  const { sink } = open(receiver.url);
  await sink.stop();
  expect(receiver.requests).toEqual([]);
});

test('after a change of attributes, old and new series are points of one metric', async () => {
  const receiver = await otlpReceiver();
  const { sink, write, metrics } = open(receiver.url);
  write(spansOf(['/a']));
  metrics.reconfigure(
    { select: { '*': { include: ['url.path'] } }, unresolved: metrics.options.unresolved },
    Date.now(),
  );
  write(spansOf(['/a', '/b']));
  await sink.stop();
  const durations = receiver.metrics().filter(({ name }) => name === 'http.server.request.duration');
  expect(durations).toHaveLength(1);
  const points = durations[0]?.histogram?.dataPoints ?? [];
  expect(points.map(({ attributes, count }) => [plain(attributes)['url.path'], Number(count)])).toEqual([
    ['/a', 1],
    ['/b', 1],
    [undefined, 1],
  ]);
  await receiver.close();
});

describe('exemplars', () => {
  const exported = (endNs: number) =>
    testSpan({ requestStartNs: 0, startNs: 0, endNs }, { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) });
  const shown = () =>
    receiver
      .metrics()
      .filter(({ name }) => name === 'http.server.request.duration')
      .flatMap(({ histogram, exponentialHistogram }) => (histogram ?? exponentialHistogram)?.dataPoints ?? [])
      .flatMap(({ exemplars = [] }) => exemplars)
      .map(({ traceId, spanId, asDouble }) => [traceId, spanId, asDouble]);

  test.each([
    ['http/protobuf', undefined],
    ['http/json', undefined],
    ['http/protobuf', { maxSize: 160, maxScale: 20 }],
    ['http/json', { maxSize: 160, maxScale: 20 }],
  ] as const)('over %s point at exported spans, and at no other; exponential: %j', async (protocol, exponential) => {
    const { sink, write } = open(receiver.url, { exemplars: 'trace_based' }, { exponential }, { protocol });
    write([Object.assign(exported(2e9), { isExported: true }), exported(4e9)]);
    await sink.stop();
    expect(shown()).toEqual([['ab'.repeat(16), 'cd'.repeat(8), 2]]);
  });

  test('of everything have no ids where there is no trace', async () => {
    const { sink, write } = open(receiver.url, { exemplars: 'always_on' });
    write([exported(4e9)]);
    await sink.stop();
    expect(shown()).toEqual([[undefined, undefined, 4]]);
  });

  test('are left out when nobody wants them', async () => {
    const { sink, write } = open(receiver.url);
    write([Object.assign(exported(2e9), { isExported: true })]);
    await sink.stop();
    expect(shown()).toEqual([]);
  });
});

describe('what is counted as lost', () => {
  test.each(['cumulative', 'delta'] as const)(
    'is nothing while the next push makes up for it: %s',
    async (temporality) => {
      const before = counters.total('points_lost');
      const { sink, write } = open(receiver.url, { intervalMs: 5, temporality });
      receiver.answers.push({ status: 400 }, { status: 400 });
      await sink.start();
      write(spansOf(['/a']));
      const arrived = () => receiver.metrics().flatMap(({ histogram }) => histogram?.dataPoints ?? []);
      await until(() => arrived().length > 0);
      await sink.stop();
      expect(counters.total('points_lost') - before).toBe(0);
      expect(counters.get('otel_metric_export_errors', 'http_400')).toBeGreaterThan(1);
    },
  );

  test('are the points of a series that ended while nothing was taken', async () => {
    const before = counters.get('points_lost', 'otlp_series_ended');
    const lost = () => counters.get('points_lost', 'otlp_series_ended') - before;
    const { sink, write } = open(await refusedUrl(), { intervalMs: 5, ttlMs: 50, retry: shortRetry }, { ttlMs: 50 });
    await sink.start();
    write(spansOf(['/a']));
    await until(() => lost() > 0);
    expect(lost()).toBe(3);
    await sink.stop();
  });
});

const shortRetry = { initialMs: 1, maxMs: 1, maxElapsedMs: 0 };
