import { KnownServices } from '../metrics/known-services.ts';
import { isOn } from '../metrics/list.ts';
import { Metrics, type MetricsOptions } from '../metrics/metrics.ts';
import { ProcessSeries } from '../metrics/process-series.ts';
import { stopAll } from '../pipeline/parts.ts';
import type { Span } from '../span/span.ts';
import { counters } from '../telemetry/counters.ts';
import type { Exporter, ExportOptions, LiveExportOptions } from './exporter.ts';
import { otlpMetricsExporter } from './otlp-metrics.ts';
import { otlpTracesExporter } from './otlp-traces.ts';
import { prometheusExporter } from './prometheus.ts';
import { provideSeriesUse } from './series-use.ts';
import type { Sink } from './sink.ts';
import { stdoutExporter } from './stdout.ts';
import { SurveySource } from './survey-source.ts';

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
  /** To be told what processes use; undefined when nobody wants to know. */
  readonly processes: ProcessSeries | undefined;
}

const graceMs = 500;

export function openExporters(options: ExportOptions): Exporters {
  const services = new KnownServices();
  const processes = processSeriesOf(options);
  const { surveyed } = options;
  const observed = [...(processes ? [processes] : []), ...(surveyed ? [new SurveySource(surveyed)] : [])];
  const aggregates = new Map<string, Metrics>();
  const metricsOf = (wanted: MetricsOptions): Metrics => {
    const key = JSON.stringify(wanted);
    const metrics = aggregates.get(key) ?? new Metrics(wanted, services);
    aggregates.set(key, metrics);
    return metrics;
  };
  const opened = exporters.flatMap((exporter) => {
    const sink = exporter.open(options, { services, observed, metricsOf });
    return sink === undefined ? [] : [{ sink, needsIds: exporter.needsIds }];
  });
  const sinks = opened.map(({ sink }) => sink);
  const all = [...aggregates.values()];
  let endUse = (): void => {};
  return {
    name: 'exporters',
    names: sinks.map(({ name }) => name),
    sinks,
    needsIds: opened.some(({ needsIds }) => needsIds),
    services,
    processes,
    async start() {
      endUse = provideSeriesUse(all);
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
      processes?.reconfigure(select);
      for (const sink of sinks) sink.reconfigure?.(change);
    },
    // each keeps its own deadline; this one is for a sink that does not
    async stop() {
      endUse();
      await stopAll(sinks, options.closeMs + graceMs);
    },
  };
}

/** Both exporters have the same features. */
function processSeriesOf({ prometheus, otlpMetrics }: ExportOptions): ProcessSeries | undefined {
  const metrics = (prometheus ?? otlpMetrics)?.metrics;
  if (metrics === undefined) return undefined;
  return isOn('application_process', [...metrics.features, ...metrics.entryFeatures])
    ? new ProcessSeries(metrics)
    : undefined;
}

function record(aggregates: readonly Metrics[], spans: readonly Span[]): void {
  if (aggregates.length === 0) return;
  const nowMs = Date.now();
  for (const metrics of aggregates) metrics.record(spans, nowMs);
  const overflowed = aggregates.reduce((sum, { usage }) => sum + usage.overflowed, 0);
  if (overflowed > 0) counters.set('series_overflowed', '', overflowed);
}
