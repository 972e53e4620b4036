import type { PointValue } from '../../src/metrics/getter.ts';
import { KnownServices } from '../../src/metrics/known-services.ts';
import { defaultMetricsOptions, Metrics, type MetricsOptions } from '../../src/metrics/metrics.ts';
import type { Span } from '../../src/span/span.ts';

/** An aggregate and what fills it, as the list of exporters joins them. */
export function aggregate(change: Partial<MetricsOptions> = {}): {
  readonly metrics: Metrics;
  readonly services: KnownServices;
  write(spans: readonly Span[]): void;
} {
  const services = new KnownServices();
  const metrics = new Metrics({ ...defaultMetricsOptions, ...change }, services);
  return {
    metrics,
    services,
    write(spans) {
      for (const { service } of spans) services.add(service);
      metrics.record(spans, Date.now());
    },
  };
}

export interface SeenSeries {
  readonly attributes: Readonly<Record<string, PointValue>>;
  /** Of a histogram the number of values, of a counter its value. */
  readonly count: number;
}

/** The series of each metric that has some. */
export function seriesOf(metrics: Metrics): Readonly<Record<string, readonly SeenSeries[]>> {
  const seen: Record<string, SeenSeries[]> = {};
  for (const own of metrics.services()) {
    for (const group of metrics.groups) {
      for (const series of metrics.live(own, group, 0, 0)) {
        const values = [...group.valuesOf(own.service, series)].map(({ attribute, value }) => [attribute.name, value]);
        for (const { metric, at, bounds } of group.cells) {
          const [from, cells] = bounds === undefined ? [at, 1] : [at + 1, bounds.length + 1];
          const count = series.data.subarray(from, from + cells).reduce((sum, n) => sum + n, 0);
          seen[metric.name] = [...(seen[metric.name] ?? []), { attributes: Object.fromEntries(values), count }];
        }
      }
    }
  }
  return seen;
}
