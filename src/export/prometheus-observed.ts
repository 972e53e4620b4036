import { labelName } from '../metrics/definition.ts';
import type { ObservedMetric, ObservedSource } from '../metrics/observed.ts';
import { sortedLabels } from './prometheus-labels.ts';
import type { ReadingOptions } from './prometheus-reading.ts';

/** The metrics of a source as the page shows them. */
export function observedReadings(source: ObservedSource): readonly ReadingOptions[] {
  return source.metrics.map((metric) => ({
    name: metric.prometheusName,
    help: metric.help,
    type: metric.type === 'counter' ? 'counter' : 'gauge',
    read: () => valuesOf(source, metric),
  }));
}

/** What no label tells apart is added up, for a series may appear only once. */
function valuesOf(source: ObservedSource, metric: ObservedMetric): ReturnType<ReadingOptions['read']> {
  const sums = new Map<string, { labels: Readonly<Record<string, string>>; value: number }>();
  for (const { points } of source.observations(Date.now())) {
    for (const point of points) {
      if (point.metric !== metric) continue;
      const shown = Object.entries(point.labels).map(([name, value]) => [labelName(name), String(value)] as const);
      const labels = sortedLabels(Object.fromEntries(shown));
      const identity = JSON.stringify(labels);
      sums.set(identity, { labels, value: (sums.get(identity)?.value ?? 0) + point.value });
    }
  }
  return sums.values();
}
