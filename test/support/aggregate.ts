import { KnownServices } from '../../src/metrics/known-services.ts';
import { defaultMetricsOptions, Metrics, type MetricsOptions } from '../../src/metrics/metrics.ts';
import type { Span } from '../../src/span/span.ts';

/** An aggregate and what fills it, as the list of exporters joins them. */
export function aggregate(change: Partial<MetricsOptions> = {}): {
  readonly metrics: Metrics;
  readonly services: KnownServices;
  write(spans: readonly Span[]): void;
} {
  const metrics = new Metrics({ ...defaultMetricsOptions, ...change });
  const services = new KnownServices();
  return {
    metrics,
    services,
    write(spans) {
      for (const { service } of spans) services.add(service);
      metrics.record(spans, Date.now());
    },
  };
}
