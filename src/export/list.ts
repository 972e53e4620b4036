import { KnownServices } from '../metrics/known-services.ts';
import { Metrics, type MetricsOptions } from '../metrics/metrics.ts';
import { stopAll } from '../pipeline/parts.ts';
import type { Span } from '../span/span.ts';
import { counters } from '../telemetry/counters.ts';
import type { Exporter, ExportOptions, LiveExportOptions } from './exporter.ts';
import { otlpMetricsExporter } from './otlp-metrics.ts';
import { otlpTracesExporter } from './otlp-traces.ts';
import { prometheusExporter } from './prometheus.ts';
import type { Sink } from './sink.ts';
import { stdoutExporter } from './stdout.ts';

export const exporters: readonly Exporter[] = [
  stdoutExporter,
  prometheusExporter,
  otlpTracesExporter,
  otlpMetricsExporter,
];

/** All the exporters that the options turn on, as one. */
export interface Exporters extends Sink {
  /** Names of those that are on. */
  readonly names: readonly string[];
  readonly sinks: readonly Sink[];
  readonly needsIds: boolean;
  reconfigure(change: LiveExportOptions): void;
  /** To be told which instances come and go: `target_info` shows them. */
  readonly services: KnownServices;
}

const graceMs = 500;

export function openExporters(options: ExportOptions): Exporters {
  const services = new KnownServices();
  const aggregates = new Map<string, Metrics>();
  const metricsOf = (wanted: MetricsOptions): Metrics => {
    const key = JSON.stringify(wanted);
    const metrics = aggregates.get(key) ?? new Metrics(wanted, services);
    aggregates.set(key, metrics);
    return metrics;
  };
  const opened = exporters.flatMap((exporter) => {
    const sink = exporter.open(options, { services, metricsOf });
    return sink === undefined ? [] : [{ sink, needsIds: exporter.needsIds }];
  });
  const sinks = opened.map(({ sink }) => sink);
  const all = [...aggregates.values()];
  return {
    name: 'exporters',
    names: sinks.map(({ name }) => name),
    sinks,
    needsIds: opened.some(({ needsIds }) => needsIds),
    services,
    async start() {
      for (const sink of sinks) await sink.start();
    },
    write(spans) {
      for (const sink of sinks) sink.write(spans);
      // after them: metrics point at the spans that were exported
      record(all, spans);
    },
    reconfigure(change) {
      const { select, unresolved, entryFeatures } = change;
      const nowMs = Date.now();
      for (const metrics of all) metrics.reconfigure({ select, unresolved, entryFeatures }, nowMs);
      for (const sink of sinks) sink.reconfigure?.(change);
    },
    // each keeps its own deadline; this one is for a sink that does not
    stop: () => stopAll(sinks, options.closeMs + graceMs),
  };
}

function record(aggregates: readonly Metrics[], spans: readonly Span[]): void {
  if (aggregates.length === 0) return;
  const nowMs = Date.now();
  for (const metrics of aggregates) metrics.record(spans, nowMs);
  const overflowed = aggregates.reduce((sum, { usage }) => sum + usage.overflowed, 0);
  if (overflowed > 0) counters.set('series_overflowed', '', overflowed);
}
