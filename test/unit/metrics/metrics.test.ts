import { describe, expect, test } from 'vitest';
import { defaultMetricsOptions, Metrics, type MetricsOptions } from '../../../src/metrics/metrics.ts';
import type { Series } from '../../../src/metrics/series-group.ts';
import type { Span } from '../../../src/span/span.ts';
import { testService, testSpan } from '../../support/spans.ts';

function metricsOf(change: Partial<MetricsOptions> = {}): Metrics {
  return new Metrics({ ...defaultMetricsOptions, ...change });
}

/** Values of a metric's cells by series, with the series' span attributes as key. */
function cellsOf(metrics: Metrics, name: string): Record<string, number[]> {
  const cells: Record<string, number[]> = {};
  for (const group of metrics.groups) {
    for (const { metric, at, bounds } of group.cells) {
      if (metric.name !== name) continue;
      for (const own of metrics.services()) {
        for (const series of own.all(group)) {
          const width = bounds === undefined ? 1 : bounds.length + 2;
          cells[keyOf(series)] = [...series.data.subarray(at, at + width)];
        }
      }
    }
  }
  return cells;
}

function keyOf({ values, isOverflow }: Series): string {
  return isOverflow ? 'overflow' : values.join(' ');
}

const hello = (change: Partial<Span> = {}) => testSpan({}, { route: '/hello', ...change });
const helloKey = 'GET http 200 /hello unresolved 8080';

test('a request counts in the duration and in both sizes, queue time included', () => {
  const metrics = metricsOf();
  metrics.record([hello()], 0);
  const [sum, ...counts] = cellsOf(metrics, 'http.server.request.duration')[helloKey] ?? [];
  expect(sum).toBeCloseTo(0.01522, 9);
  expect(counts).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  expect(cellsOf(metrics, 'http.server.request.body.size')[helloKey]).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  expect(cellsOf(metrics, 'http.server.response.body.size')[helloKey]).toEqual([5, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test('a value on a bound belongs to the bucket of the bound, one above all bounds to the last', () => {
  const metrics = metricsOf({ bounds: { duration: [0.1, 1] } });
  const lasting = (seconds: number) => hello({ requestStartNs: 0, endNs: seconds * 1e9 });
  metrics.record([0.05, 0.1, 0.100_001, 1, 1.5].map(lasting), 0);
  expect(cellsOf(metrics, 'http.server.request.duration')[helloKey]?.slice(1)).toEqual([2, 2, 1]);
});

test('a length that is not known counts as an empty body, a clock that went back as no time', () => {
  const metrics = metricsOf();
  metrics.record([hello({ requestBytes: -1, requestStartNs: 10, endNs: 5 })], 0);
  expect(cellsOf(metrics, 'http.server.request.body.size')[helloKey]?.[0]).toBe(0);
  expect(cellsOf(metrics, 'http.server.request.duration')[helloKey]?.[0]).toBe(0);
});

test('client and server calls go to their own metrics', () => {
  const metrics = metricsOf();
  metrics.record([testSpan({ side: 'client' }, { route: '/hello' })], 0);
  expect(Object.keys(cellsOf(metrics, 'http.client.request.duration'))).toEqual(['GET http 200 /hello localhost 8080']);
  expect(cellsOf(metrics, 'http.server.request.duration')).toEqual({});
});

describe('a span is not counted', () => {
  test.each<[string, Partial<Span>]>([
    ['when its route is ignored for metrics', { ignored: { metrics: true, traces: false } }],
    ['when its service exports no metrics', { service: testService({ exports: { metrics: false, traces: true } }) }],
    ['when it is of no family', { family: 'none' }],
  ])('%s', (_, change) => {
    const metrics = metricsOf();
    metrics.record([hello(change)], 0);
    expect(metrics.usage.inUse).toBe(0);
  });

  test('when its protocol is not among the instrumentations', () => {
    const metrics = metricsOf({ instrumentations: ['grpc'] });
    metrics.record([hello()], 0);
    expect(metrics.usage.inUse).toBe(0);
  });
});

describe('addresses in metrics', () => {
  const select = { '*': { include: ['client.address', 'server.address'] } };
  const ends = { client: '10.0.0.7', server: '2001:db8::1' };
  const facts = {
    peer: { address: ends.client, port: 1, name: '' },
    host: { address: ends.server, port: 2, name: '' },
    hostHeader: '',
  };

  test('become words, so that they do not multiply series', () => {
    const metrics = metricsOf({ select });
    metrics.record([testSpan(facts), testSpan({ ...facts, side: 'client' })], 0);
    expect(Object.keys(cellsOf(metrics, 'http.server.request.duration'))).toEqual(['unresolved incoming']);
    expect(Object.keys(cellsOf(metrics, 'http.client.request.duration'))).toEqual(['outgoing']);
  });

  test('stay when the words are empty', () => {
    const metrics = metricsOf({ select, unresolved: { own: '', outgoing: '', incoming: '' } });
    metrics.record([testSpan(facts)], 0);
    expect(Object.keys(cellsOf(metrics, 'http.server.request.duration'))).toEqual([`${ends.server} ${ends.client}`]);
  });

  test('that are names stay', () => {
    const metrics = metricsOf({ select });
    metrics.record([testSpan({ ...facts, peer: { address: '10.0.0.7', port: 1, name: 'frontend' } })], 0);
    expect(Object.keys(cellsOf(metrics, 'http.server.request.duration'))).toEqual(['unresolved frontend']);
  });
});

describe('the budget', () => {
  const flood = (count: number, service = testService()) =>
    Array.from({ length: count }, (_, i) => testSpan({ service }, { route: `/${i}` }));

  test('of a service sends what is beyond it to one overflow series, and loses no request', () => {
    const metrics = metricsOf({ budget: { perService: 3, total: 100 } });
    metrics.record(flood(10), 0);
    const cells = cellsOf(metrics, 'http.server.request.duration');
    expect(Object.keys(cells)).toHaveLength(4);
    expect(cells['overflow']?.slice(1).reduce((sum, n) => sum + n)).toBe(7);
    expect(metrics.usage.overflowed).toBe(7);
  });

  test('of all services together holds as well', () => {
    const metrics = metricsOf({ budget: { perService: 100, total: 5 } });
    metrics.record(flood(10, testService({ name: 'one' })), 0);
    metrics.record(flood(10, testService({ name: 'two' })), 0);
    expect(metrics.usage.inUse).toBe(7);
  });

  test('takes new series again when idle ones are gone', () => {
    const metrics = metricsOf({ budget: { perService: 3, total: 100 }, ttlMs: 1_000 });
    metrics.record(flood(3), 0);
    metrics.expire(2_000);
    metrics.record(flood(3), 2_000);
    expect(metrics.usage).toEqual({ inUse: 3, overflowed: 0 });
  });
});

describe('an idle series', () => {
  test('is forgotten after its time, others stay', () => {
    const metrics = metricsOf({ ttlMs: 1_000 });
    metrics.record([hello()], 0);
    metrics.record([testSpan({}, { route: '/other' })], 900);
    metrics.expire(1_500);
    expect(Object.keys(cellsOf(metrics, 'http.server.request.duration'))).toEqual([helloKey.replace('hello', 'other')]);
  });

  test('starts from zero when it comes back', () => {
    const metrics = metricsOf({ ttlMs: 1_000 });
    metrics.record([hello(), hello()], 0);
    metrics.expire(1_500);
    metrics.record([hello()], 2_000);
    const [, ...counts] = cellsOf(metrics, 'http.server.request.duration')[helloKey] ?? [];
    expect(counts.reduce((sum, n) => sum + n)).toBe(1);
  });

  test('stays for ever when the time is 0', () => {
    const metrics = metricsOf({ ttlMs: 0 });
    metrics.record([hello()], 0);
    metrics.expire(Number.MAX_SAFE_INTEGER);
    expect(metrics.usage.inUse).toBe(1);
  });

  test('is looked for while others are counted', () => {
    const metrics = metricsOf({ ttlMs: 1_000 });
    metrics.record([hello()], 0);
    metrics.record([testSpan({}, { route: '/other' })], 60_000);
    expect(metrics.usage.inUse).toBe(1);
  });
});

test('a service that is described anew keeps its series', () => {
  const metrics = metricsOf();
  metrics.record([hello({ service: testService() })], 0);
  const described = testService({ resource: { 'container.name': 'web' } });
  metrics.record([hello({ service: described })], 0);
  expect(metrics.usage.inUse).toBe(1);
  expect([...metrics.services()].map(({ service }) => service)).toEqual([described]);
});

test('span metrics count calls by name, kind and status', () => {
  const metrics = metricsOf({ features: ['application_span'] });
  metrics.record([hello({ name: 'GET /hello' }), hello({ name: 'GET /hello', status: 'error' })], 0);
  expect(cellsOf(metrics, 'traces_spanmetrics_calls_total')).toEqual({
    'GET /hello STATUS_CODE_UNSET SPAN_KIND_SERVER': [1],
    'GET /hello STATUS_CODE_ERROR SPAN_KIND_SERVER': [1],
  });
});

test('span names beyond the limit become one', () => {
  const metrics = metricsOf({ features: ['application_span'], spanNamesLimit: 2 });
  metrics.record(
    ['a', 'b', 'c', 'd', 'a'].map((name) => hello({ name })),
    0,
  );
  const names = Object.keys(cellsOf(metrics, 'traces_spanmetrics_calls_total')).map((key) => key.split(' ')[0]);
  expect(names).toEqual(['a', 'b', 'AGGREGATED']);
});

test('both forms of span metrics are never on together', () => {
  const names = metricsOf({ features: ['*'] }).groups.flatMap(({ cells }) => cells.map(({ metric }) => metric.name));
  expect(names).toContain('traces_spanmetrics_latency');
  expect(names).not.toContain('traces.span.metrics.duration');
});
