import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type OtlpTracesOptions, otlpTracesSink } from '../../../src/export/otlp-traces.ts';
import type { Sink } from '../../../src/export/sink.ts';
import { defaultMetricsOptions } from '../../../src/metrics/metrics.ts';
import { wallNs } from '../../../src/span/clock.ts';
import type { Span } from '../../../src/span/span.ts';
import { counters } from '../../../src/telemetry/counters.ts';
import { exporterContract } from '../../support/exporter-contract.ts';
import { deliveryOptions } from '../../support/otlp-options.ts';
import { type OtlpReceiver, otlpReceiver, plain, refusedUrl } from '../../support/otlp-receiver.ts';
import { testService, testSpan } from '../../support/spans.ts';
import { until } from '../../support/until.ts';

const closeMs = 300;

function sinkTo(url: string, change: Partial<OtlpTracesOptions> = {}, delivery = {}): Sink {
  return otlpTracesSink({
    ...deliveryOptions(`${url}/v1/traces`, delivery),
    instrumentations: ['http'],
    sampler: { name: 'parentbased_always_on', ratio: 1 },
    batchMaxSize: 4096,
    batchTimeoutMs: 10,
    queueSize: 16_384,
    select: {},
    hasSpanMetrics: false,
    closeMs,
    ...change,
  });
}

/** A wire-level span: nothing waited in a queue. */
function wireSpan(change: Partial<Span> = {}): Span {
  return testSpan({ startNs: 1_000_000_000 }, { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), ...change });
}

exporterContract({
  name: 'OTLP traces',
  closeMs,
  async open() {
    const receiver = await otlpReceiver();
    const sink = sinkTo(receiver.url, { batchTimeoutMs: 60_000 });
    const arrived = () => receiver.spans().flatMap(({ attributes }) => (plain(attributes)['url.path'] as string) ?? []);
    return { sink, write: (spans) => sink.write(spans), arrived, clean: receiver.close };
  },
  async openBroken() {
    const sink = sinkTo(await refusedUrl());
    const lost = () => counters.total('spans_lost');
    return { sink, write: (spans) => sink.write(spans), arrived: () => [], clean: async () => {}, lost };
  },
  async openStuck() {
    const receiver = await otlpReceiver();
    receiver.answers.push({ hang: true }, { hang: true });
    const sink = sinkTo(receiver.url);
    return { sink, write: (spans) => sink.write(spans), arrived: () => [], clean: receiver.close };
  },
  lostOf: (count) => count,
});

let receiver: OtlpReceiver;

beforeEach(async () => {
  receiver = await otlpReceiver();
});

afterEach(() => receiver.close());

/** Writes the spans and waits until all is delivered. */
async function exported(spans: readonly Span[], change: Partial<OtlpTracesOptions> = {}, delivery = {}) {
  const sink = sinkTo(receiver.url, change, delivery);
  await sink.start();
  sink.write(spans);
  await sink.stop();
  return receiver.spans();
}

describe.each(['http/protobuf', 'http/json'] as const)('over %s', (protocol) => {
  test('a span arrives with its times, ids, kind, status and attributes in their order', async () => {
    const parentSpanId = 'c'.repeat(16);
    const span = wireSpan({ parentSpanId, name: 'GET /hello', status: 'error' });
    span.attributes['http.route'] = '/hello';
    const [sent] = await exported([span], {}, { protocol });
    expect(sent).toMatchObject({
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      parentSpanId,
      name: 'GET /hello',
      kind: 2,
      startTimeUnixNano: String(wallNs(1_000_000_000)),
      endTimeUnixNano: String(wallNs(1_015_220_000)),
      status: { code: 2 },
    });
    expect(sent?.attributes.map(({ key, value }) => [key, Object.keys(value)[0], Object.values(value)[0]])).toEqual([
      ['http.response.status_code', 'intValue', 200],
      ['client.address', 'stringValue', '::1'],
      ['server.address', 'stringValue', '127.0.0.1'],
      ['server.port', 'intValue', 8080],
      ['http.request.body.size', 'intValue', 0],
      ['http.response.body.size', 'intValue', 5],
      ['http.request.method', 'stringValue', 'GET'],
      ['url.path', 'stringValue', '/hello'],
      ['url.scheme', 'stringValue', 'http'],
      ['http.route', 'stringValue', '/hello'],
    ]);
  });

  test('many spans arrive in few requests, each service with its resource', async () => {
    const services = ['one', 'two'].map((name) => testService({ name, namespace: 'shop' }));
    const spans = Array.from({ length: 1_000 }, (_, i) => wireSpan({ service: services[i % 2] as Span['service'] }));
    expect(await exported(spans, {}, { protocol })).toHaveLength(1_000);
    expect(receiver.requests).toHaveLength(1);
    const resources = receiver.requests[0]?.resourceSpans?.map(
      ({ resource }) => plain(resource.attributes)['service.name'],
    );
    expect(new Set(resources)).toEqual(new Set(['one', 'two']));
  });
});

test('the resource says who the service is and who speaks for it', async () => {
  const resource = { 'host.name': 'node1', 'deployment.environment.name': 'test' };
  await exported([wireSpan({ service: testService({ namespace: 'shop', language: 'python', resource }) })]);
  const [group] = receiver.requests[0]?.resourceSpans ?? [];
  expect(plain(group?.resource.attributes ?? [])).toEqual({
    'service.name': 'testserver',
    'service.namespace': 'shop',
    'service.instance.id': 'host:4242',
    'telemetry.sdk.language': 'python',
    'telemetry.sdk.name': 'beyla-typescript',
    'telemetry.sdk.version': '0.1.0',
    'telemetry.distro.name': 'beyla-typescript',
    'telemetry.distro.version': '0.1.0',
    'os.type': 'linux',
    'host.name': 'node1',
    'deployment.environment.name': 'test',
  });
  expect(group?.scopeSpans[0]?.scope.name).toBe('github.com/grafana/beyla');
});

test('requests that waited have a span for the wait and one for the work, which keeps the id of the event', async () => {
  const asked = ['1', '2', '3'].map((digit) => ({
    ...{ traceId: digit.repeat(32), spanId: `b${digit.repeat(15)}`, parentSpanId: `c${digit.repeat(15)}` },
    startNs: 1_014_530_100 + Number(digit),
  }));
  const all = await exported(asked.map(({ startNs, ...ids }) => testSpan({ startNs }, { ...ids, name: 'GET /hello' })));
  const [arrived, ended] = [1_000_000_000, 1_015_220_000].map((ns) => String(wallNs(ns)));
  const traces = asked.map(({ traceId, spanId, parentSpanId, startNs }) => {
    const [outer, queue, processing] = all.filter((span) => span.traceId === traceId);
    const began = String(wallNs(startNs));
    expect(outer).toMatchObject({ parentSpanId, startTimeUnixNano: arrived, endTimeUnixNano: ended });
    const parent = { parentSpanId: outer?.spanId };
    expect(queue).toMatchObject({ ...parent, startTimeUnixNano: arrived, endTimeUnixNano: began });
    expect(processing).toMatchObject({ ...parent, spanId, startTimeUnixNano: began, endTimeUnixNano: ended });
    return [outer, queue, processing];
  });
  expect(traces[0]).toMatchObject([
    { name: 'GET /hello', kind: 2 },
    { name: 'in queue', kind: 1 },
    { name: 'processing', kind: 1 },
  ]);
  const own = { traceId: '', spanId: '', parentSpanId: '', startTimeUnixNano: '', endTimeUnixNano: '' };
  const alike = traces.map((spans) => spans.map((span) => ({ ...span, ...own })));
  expect(alike).toEqual([alike[0], alike[0], alike[0]]);
  expect(new Set(all.map(({ spanId }) => spanId)).size).toBe(9);
});

describe('a span is not exported', () => {
  test.each<[string, Partial<Span>, Partial<OtlpTracesOptions>]>([
    ['when its route is ignored for traces', { ignored: { metrics: false, traces: true } }, {}],
    ['when its service exports no traces', { service: testService({ exports: { metrics: true, traces: false } }) }, {}],
    ['when its protocol is not among the instrumentations', { instrumentation: 'dns' }, {}],
    ['when the sampler says no', {}, { sampler: { name: 'always_off', ratio: 1 } }],
    [
      'when the sampler of its service says no',
      { service: testService({ sampler: { name: 'always_off', arg: '' } }) },
      {},
    ],
  ])('%s', async (_, change, options) => {
    expect(await exported([wireSpan(change)], options)).toEqual([]);
    expect(receiver.requests).toHaveLength(0);
  });
});

test('a query can be kept back', async () => {
  const span = testSpan(
    { startNs: 1_000_000_000, target: '/a?b=c' },
    { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) },
  );
  const [shown] = await exported([span]);
  expect(plain(shown?.attributes ?? [])['url.query']).toBe('b=c');
  await exported([span], { select: { traces: { exclude: ['url.query'] } } });
  expect(plain(receiver.spans().at(-1)?.attributes ?? [])).not.toHaveProperty('url.query');
});

test('resource attributes can be kept back, and readers can be told that span metrics are made here', async () => {
  await exported([wireSpan()], { select: { resource: { exclude: ['telemetry.*'] } }, hasSpanMetrics: true });
  const attributes = plain(receiver.requests[0]?.resourceSpans?.[0]?.resource.attributes ?? []);
  expect(Object.keys(attributes).filter((key) => key.startsWith('telemetry.'))).toEqual([]);
  expect(Boolean(attributes['span.metrics.skip'])).toBe(true);
  expect(Boolean(plain(receiver.spans()[0]?.attributes ?? [])['span.metrics.skip'])).toBe(true);
});

test('a batch is sent when it is full, the rest when its time has come', async () => {
  const sink = sinkTo(receiver.url, { batchMaxSize: 10, batchTimeoutMs: 60_000 });
  await sink.start();
  sink.write(Array.from({ length: 25 }, () => wireSpan()));
  await until(() => receiver.spans().length === 20);
  await sink.stop();
  expect(
    receiver.requests.map(
      ({ resourceSpans }) => resourceSpans?.flatMap(({ scopeSpans }) => scopeSpans[0]?.spans).length,
    ),
  ).toEqual([10, 10, 5]);
});

test('an incomplete batch is sent after the timeout', async () => {
  const sink = sinkTo(receiver.url, { batchTimeoutMs: 5 });
  await sink.start();
  sink.write([wireSpan()]);
  await until(() => receiver.spans().length === 1);
  sink.write([wireSpan()]);
  await until(() => receiver.spans().length === 2);
  await sink.stop();
});

test('while a request is under way spans wait, up to the size of the queue; the newest are dropped', async () => {
  receiver.answers.push({ hang: true });
  const sink = sinkTo(receiver.url, { batchMaxSize: 10, queueSize: 30, closeMs: 50 });
  await sink.start();
  const before = counters.get('spans_lost', 'otlp_queue_full');
  sink.write(Array.from({ length: 10 }, () => wireSpan()));
  sink.write(Array.from({ length: 50 }, () => wireSpan()));
  expect(counters.get('spans_lost', 'otlp_queue_full') - before).toBe(20);
  await sink.stop();
});

test('headers of the configuration and the name of the agent go with each request', async () => {
  await exported([wireSpan()], {}, { headers: { authorization: 'Basic abc' } });
  const { headers, path } = receiver.requests[0] ?? {};
  expect([path, headers?.authorization, headers?.['content-type'], headers?.['user-agent']]).toEqual([
    '/v1/traces',
    'Basic abc',
    'application/x-protobuf',
    'beyla-typescript/0.1.0',
  ]);
});

test('what is sampled and shown can change while it runs', async () => {
  const receiver = await otlpReceiver();
  const sink = sinkTo(receiver.url, { sampler: { name: 'always_off', ratio: 1 } });
  await sink.start();
  const { unresolved, entryFeatures } = defaultMetricsOptions;
  const asked = (target: string) => testSpan({ target }, { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) });
  sink.write([asked('/1?q=1')]);
  sink.reconfigure?.({ select: {}, unresolved, entryFeatures, sampler: { name: 'always_on', ratio: 1 } });
  sink.write([asked('/2?q=1')]);
  const select = { traces: { exclude: ['url.query'] } };
  sink.reconfigure?.({ select, unresolved, entryFeatures, sampler: { name: 'always_on', ratio: 1 } });
  sink.write([asked('/3?q=1')]);
  await sink.stop();
  const whole = receiver
    .spans()
    .map(({ attributes }) => plain(attributes))
    .filter((attributes) => 'url.path' in attributes);
  expect(whole.map((attributes) => [attributes['url.path'], attributes['url.query']])).toEqual([
    ['/2', 'q=1'],
    ['/3', undefined],
  ]);
  await receiver.close();
});

test('a span that is taken is marked, so that metrics may point at it, and no other is', async () => {
  const spans = [wireSpan(), wireSpan({ ignored: { metrics: false, traces: true } }), wireSpan()];
  await exported(spans, { queueSize: 1 });
  expect(spans.map(({ isExported }) => isExported)).toEqual([true, false, false]);
});

test('a batch that is larger than receivers take is several requests', async () => {
  const spans = Array.from({ length: 4_000 }, () => {
    const span = wireSpan();
    span.attributes['url.full'] = 'x'.repeat(1_000);
    return span;
  });
  const before = counters.get('spans_exported', 'otlp');
  expect(await exported(spans, { closeMs: 20_000 })).toHaveLength(4_000);
  expect(counters.get('spans_exported', 'otlp') - before).toBe(4_000);
  expect(receiver.requests).toHaveLength(3);
});
