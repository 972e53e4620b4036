import type { Metrics } from '../metrics/metrics.ts';
import { type InternalValue, internals } from '../telemetry/internal.ts';

/** Shows how much of the cardinality budget is spent, of the fullest aggregate where there are several. Returns how to end it. */
export function provideSeriesUse(aggregates: readonly Metrics[]): () => void {
  const withdraw = [
    internals.provide('metric_series', () => seriesByService(aggregates)),
    internals.provide('metric_series_limit', () => limits(aggregates)),
  ];
  return () => {
    for (const end of withdraw) end();
  };
}

function* seriesByService(aggregates: readonly Metrics[]): Iterable<InternalValue> {
  const fullest = aggregates.toSorted((a, b) => b.usage.inUse - a.usage.inUse)[0];
  const counts = new Map<string, { name: string; namespace: string; count: number }>();
  for (const { service, count } of fullest?.services() ?? []) {
    const { name, namespace } = service;
    const key = JSON.stringify([namespace, name]);
    counts.set(key, { name, namespace, count: (counts.get(key)?.count ?? 0) + count });
  }
  for (const { name, namespace, count } of counts.values()) {
    yield { labels: { service_name: name, service_namespace: namespace }, value: count };
  }
}

function* limits([aggregate]: readonly Metrics[]): Iterable<InternalValue> {
  if (aggregate === undefined) return;
  const { perService, total } = aggregate.options.budget;
  yield { labels: { of: 'service' }, value: perService };
  yield { labels: { of: 'all' }, value: total };
}
