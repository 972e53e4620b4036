import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { defaultMetricsOptions, Metrics, type MetricsOptions } from '../../../src/metrics/metrics.ts';
import type { Span } from '../../../src/span/span.ts';
import { defaultRouteOptions, Routes, type UnmatchedRoute } from '../../../src/transform/route.ts';
import { testService, testSpan } from '../../support/spans.ts';

const { budget } = defaultMetricsOptions;
const duration = 'http.server.request.duration';

/** How many series the duration has, and how many requests they hold; those of the overflow apart. */
function totals(metrics: Metrics): { readonly series: number; readonly requests: number; readonly overflowed: number } {
  let [series, requests, overflowed] = [0, 0, 0];
  for (const group of metrics.groups) {
    const cell = group.cells.find(({ metric }) => metric.name === duration);
    if (cell === undefined) continue;
    for (const own of metrics.services()) {
      for (const { data, isOverflow } of own.all(group)) {
        const count = data
          .subarray(cell.at + 1, cell.at + 2 + (cell.bounds?.length ?? 0))
          .reduce((sum, n) => sum + n, 0);
        series++;
        requests += count;
        if (isOverflow) overflowed += count;
      }
    }
  }
  return { series, requests, overflowed };
}

/** What is still held when the rest has been thrown away. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

/** Records so many requests, each as it is told, in batches as they come from the kernel. */
function record(
  metrics: Metrics,
  count: number,
  request: (i: number) => Span,
  unmatched: UnmatchedRoute = 'path',
): void {
  const routes = new Routes({ ...defaultRouteOptions, unmatched });
  for (let from = 0; from < count; from += 1_000) {
    const batch = Array.from({ length: Math.min(1_000, count - from) }, (_, i) => request(from + i));
    metrics.record(routes.apply(batch), 0);
  }
}

const at = (target: string, host = '::1') => testSpan({ target, peer: { address: host, port: 5, name: host } });

describe('ten thousand paths', () => {
  test('become one route as they are usually told', () => {
    const metrics = new Metrics(defaultMetricsOptions);
    record(metrics, 10_000, (i) => at(`/item/${i}`), 'low-cardinality');
    expect(totals(metrics)).toEqual({ series: 1, requests: 10_000, overflowed: 0 });
  });

  test('stay within the budget when each is a route, and none is lost', () => {
    const metrics = new Metrics(defaultMetricsOptions);
    record(metrics, 10_000, (i) => at(`/item/${i}`));
    expect(totals(metrics)).toEqual({
      series: budget.perService + 1,
      requests: 10_000,
      overflowed: 10_000 - budget.perService,
    });
  });
});

test('a hundred thousand paths of a hundred thousand hosts stay within the budget of all services', () => {
  const select = { '*': { include: ['service.name', 'http.route', 'client.address'] } };
  const metrics = new Metrics({ ...defaultMetricsOptions, select });
  const services = Array.from({ length: 20 }, (_, i) => testService({ name: `service-${i}`, instanceId: `host:${i}` }));
  record(metrics, 100_000, (i) => {
    const span = at(`/item/${i}`, `host-${i}.example`);
    return { ...span, service: services[i % 20] ?? span.service };
  });
  const { series, requests, overflowed } = totals(metrics);
  expect(requests).toBe(100_000);
  // one overflow series a service comes on top
  expect(series).toBeLessThanOrEqual(budget.total + services.length);
  expect(overflowed).toBe(100_000 - budget.total + (budget.total + services.length - series));
  expect(metrics.usage.inUse).toBe(series);
});

test('a million requests over ten thousand series keep memory where ten thousand requests left it', () => {
  const everything: Partial<MetricsOptions> = {
    features: ['application', 'application_span', 'application_span_sizes', 'application_service_graph'],
    budget: { perService: 30_000, total: 30_000 },
    allowsSelfReferences: true,
  };
  const metrics = new Metrics({ ...defaultMetricsOptions, ...everything });
  const spans = Array.from({ length: 10_000 }, (_, i) => {
    const span = at(`/item/${i}`);
    return { ...span, route: span.path };
  });
  metrics.record(spans, 0);
  const before = heapBytes();
  for (let round = 1; round < 100; round++) metrics.record(spans, 0);
  const grownMiB = (heapBytes() - before) / 2 ** 20;
  expect(totals(metrics)).toEqual({ series: 10_000, requests: 1_000_000, overflowed: 0 });
  expect(grownMiB).toBeLessThan(2);
}, 60_000);
