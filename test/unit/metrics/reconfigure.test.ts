import { expect, test } from 'vitest';
import { defaultMetricsOptions, Metrics, type MetricsOptions } from '../../../src/metrics/metrics.ts';
import { testSpan } from '../../support/spans.ts';

const duration = 'http.server.request.duration';
const size = 'http.server.request.body.size';
const { unresolved } = defaultMetricsOptions;
const withPath = { include: ['url.path'] };

function opened(change: Partial<MetricsOptions> = {}): Metrics {
  return new Metrics({ ...defaultMetricsOptions, ...change });
}

/** Requests that a metric counted, by the path that its series carry. */
function countsOf(metrics: Metrics, name: string, nowMs = 0): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const group of metrics.groups) {
    const cell = group.cells.find(({ metric }) => metric.name === name);
    if (cell === undefined) continue;
    for (const own of metrics.services()) {
      for (const series of metrics.live(own, group, nowMs, metrics.options.ttlMs)) {
        const values = [...group.valuesOf(own.service, series)];
        const path = values.find(({ attribute }) => attribute.name === 'url.path')?.value ?? 'none';
        const buckets = series.data.subarray(cell.at + 1, cell.at + 2 + (cell.bounds?.length ?? 0));
        counts[path as string] = (counts[path as string] ?? 0) + buckets.reduce((sum, count) => sum + count, 0);
      }
    }
  }
  return counts;
}

const request = (nowMs: number, metrics: Metrics) => metrics.record([testSpan()], nowMs);

test('series of a metric whose attributes stay go on', () => {
  const metrics = opened();
  request(0, metrics);
  metrics.reconfigure({ select: { [duration]: withPath }, unresolved }, 0);
  request(0, metrics);
  expect(countsOf(metrics, size)).toEqual({ none: 2 });
});

test('those of one whose attributes change stay as they were beside the new ones, until they expire', () => {
  const metrics = opened({ ttlMs: 1_000 });
  request(0, metrics);
  metrics.reconfigure({ select: { [duration]: withPath }, unresolved }, 0);
  request(900, metrics);
  expect(countsOf(metrics, duration, 900)).toEqual({ none: 1, '/hello': 1 });
  metrics.expire(1_001);
  expect(countsOf(metrics, duration, 1_001)).toEqual({ '/hello': 1 });
  expect(countsOf(metrics, size, 1_001)).toEqual({ none: 2 });
});

test('attributes that come back go on with their series', () => {
  const metrics = opened();
  for (const select of [{}, { [duration]: withPath }, {}, { '*': withPath }, {}, { [size]: withPath }]) {
    metrics.reconfigure({ select, unresolved }, 0);
    request(0, metrics);
  }
  expect(countsOf(metrics, duration)).toEqual({ none: 4, '/hello': 2 });
  expect(countsOf(metrics, size)).toEqual({ none: 4, '/hello': 2 });
});

test('a change that changes nothing leaves no trace', () => {
  const metrics = opened();
  const { groups } = metrics;
  request(0, metrics);
  metrics.reconfigure({ select: {}, unresolved }, 0);
  request(0, metrics);
  expect(metrics.groups).toHaveLength(groups.length);
  expect(countsOf(metrics, duration)).toEqual({ none: 2 });
});

test('names of unresolved hosts are others from then on', () => {
  const metrics = opened();
  request(0, metrics);
  metrics.reconfigure({ select: {}, unresolved: { ...unresolved, own: 'somewhere' } }, 0);
  request(0, metrics);
  const group = metrics.groups.find(({ cells }) => cells.some(({ metric }) => metric.name === duration));
  const addresses = [...metrics.services()].flatMap((own) =>
    [...(group === undefined ? [] : own.all(group))].map(({ values }) => values.at(-2)),
  );
  expect(addresses).toEqual(['unresolved', 'somewhere']);
});

test('series that are left to expire do not take room from new ones', () => {
  const metrics = opened({ budget: { perService: 1, total: 1 }, ttlMs: 1_000 });
  request(0, metrics);
  metrics.reconfigure({ select: { '*': withPath }, unresolved }, 0);
  request(0, metrics);
  expect(metrics.usage).toEqual({ inUse: 1, overflowed: 0 });
  expect(countsOf(metrics, duration)).toEqual({ none: 1, '/hello': 1 });
  metrics.expire(1_001);
  expect(metrics.usage.inUse).toBe(0);
  expect([...metrics.services()]).toEqual([]);
});
