import { type Enabled, enabledParts } from './config/enabled.ts';
import type { Config } from './config/schema.ts';
import type { ExportOptions, PrometheusSettings } from './export/exporter.ts';
import { defaultMetricsOptions, type MetricsOptions } from './metrics/metrics.ts';
import type { Vintage } from './span/vintage.ts';

const nameVintages: Readonly<Record<Config['names_vintage'], Vintage>> = {
  current: 'current',
  '3.22': 'current',
  '1.6': '1.5',
  '1.0': '1.0',
  '0.1': '2023',
};

/** What exporters need to know, taken from the configuration. */
export function exportOptionsOf(config: Config): Omit<ExportOptions, 'onFatal'> {
  const enabled = enabledParts(config);
  const { internal_metrics: internal } = config;
  return {
    printer: enabled.tracePrinter
      ? { format: config.trace_printer, vintage: config.trace_printer_vintage === 'seed' ? '2023' : 'current' }
      : undefined,
    prometheus: enabled.prometheus ? prometheusOf(config) : undefined,
    internal: internal.prometheus.port === 0 ? undefined : internal.prometheus,
    closeMs: config.shutdown_timeout / 2,
  };
}

function prometheusOf(config: Config): PrometheusSettings {
  const { prometheus_export: section } = config;
  return {
    port: section.port,
    path: section.path,
    ttlMs: section.ttl,
    extraResourceAttributes: section.extra_resource_attributes,
    disableBuildInfo: section.disable_build_info,
    metrics: metricsOf(config, section),
  };
}

type MetricSection = Pick<Config['prometheus_export'], 'instrumentations' | 'buckets' | 'ttl'>;

function metricsOf(config: Config, { instrumentations, buckets, ttl }: MetricSection): MetricsOptions {
  const { attributes } = config;
  return {
    ...defaultMetricsOptions,
    features: config.metrics.features,
    instrumentations,
    bounds: {
      duration: buckets.duration_histogram,
      requestSize: buckets.request_size_histogram,
      responseSize: buckets.response_size_histogram,
    },
    select: attributes.select,
    unresolved: {
      own: attributes.rename_unresolved_hosts,
      outgoing: attributes.rename_unresolved_hosts_outgoing,
      incoming: attributes.rename_unresolved_hosts_incoming,
    },
    ttlMs: ttl,
    vintage: nameVintages[config.names_vintage],
    spanNamesLimit: attributes.metric_span_names_limit,
  };
}

/** Whether spans need ids: somebody shows them one by one. */
export function needsIds(config: Config): boolean {
  const { tracePrinter, otelTraces }: Enabled = enabledParts(config);
  return tracePrinter || otelTraces;
}
