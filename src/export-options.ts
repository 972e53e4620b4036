import { enabledParts } from './config/enabled.ts';
import { type OtlpTarget, resolveOtlp } from './config/otlp-target.ts';
import type { Config } from './config/schema.ts';
import { hasEngine } from './discover/engines.ts';
import type {
  ExportOptions,
  LiveExportOptions,
  OtlpMetricsSettings,
  OtlpTracesSettings,
  PrometheusSettings,
} from './export/exporter.ts';
import { defaultRetry } from './export/otlp-retry.ts';
import type { ProxyVariables } from './export/otlp-transport.ts';
import type { ScrapeProtection } from './export/tls-options.ts';
import type { ExponentialShape } from './metrics/exponential-histogram.ts';
import { defaultMetricsOptions, type MetricsOptions } from './metrics/metrics.ts';

/** What exporters need to know, taken from the configuration. */
export function exportOptionsOf(config: Config): Omit<ExportOptions, 'onFatal'> {
  const enabled = enabledParts(config);
  const { internal_metrics: internal } = config;
  return {
    printer: enabled.tracePrinter ? { format: config.trace_printer, vintage: config.trace_printer_vintage } : undefined,
    prometheus: enabled.prometheus ? prometheusOf(config) : undefined,
    otlpMetrics: otlpMetricsOf(config),
    otlpTraces: otlpTracesOf(config),
    select: config.attributes.select,
    scrapes: scrapesOf(config),
    internal: internal.prometheus.port === 0 ? undefined : internal.prometheus,
    closeMs: config.shutdown_timeout / 2,
  };
}

/** The part that may change while exporters are open. */
export function liveExportOptionsOf(config: Config): LiveExportOptions {
  const { attributes, discovery, otel_traces_export: traces } = config;
  return {
    select: attributes.select,
    unresolved: unresolvedOf(attributes),
    entryFeatures: entryFeaturesOf(discovery),
    sampler: samplerOf(traces.sampler),
  };
}

function unresolvedOf(attributes: Config['attributes']): LiveExportOptions['unresolved'] {
  return {
    own: attributes.rename_unresolved_hosts,
    outgoing: attributes.rename_unresolved_hosts_outgoing,
    incoming: attributes.rename_unresolved_hosts_incoming,
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
    exemplars: section.exemplar_filter,
    native: nativeOf(section.native_histogram),
    metrics: metricsOf(config, section),
  };
}

function scrapesOf({ prometheus_export: { tls, basic_auth: auth } }: Config): ScrapeProtection {
  return {
    certFile: tls.cert_file,
    keyFile: tls.key_file,
    clientCaFile: tls.client_ca_file,
    username: auth.username,
    password: auth.password,
  };
}

/** The finest resolution whose buckets do not grow faster than the factor; a factor of 1 or less is none. */
function nativeOf(section: Config['prometheus_export']['native_histogram']): ExponentialShape | undefined {
  const { bucket_factor: factor, max_bucket_number: maxSize } = section;
  if (!(factor > 1)) return undefined;
  const scale = -Math.floor(Math.log2(Math.log2(factor)));
  return { maxSize: Math.max(maxSize, 2), maxScale: Math.min(Math.max(scale, -4), 8) };
}

type MetricSection = Pick<
  Config['prometheus_export'],
  'instrumentations' | 'buckets' | 'ttl' | 'allow_service_graph_self_references'
>;

function metricsOf(
  config: Config,
  { instrumentations, buckets, ttl, allow_service_graph_self_references: allowsSelfReferences }: MetricSection,
): MetricsOptions {
  const { attributes, prometheus_export: prometheus, otel_metrics_export: otlp } = config;
  const { features, series_limit: series } = config.metrics;
  return {
    ...defaultMetricsOptions,
    features,
    entryFeatures: entryFeaturesOf(config.discovery),
    instrumentations,
    bounds: {
      duration: buckets.duration_histogram,
      requestSize: buckets.request_size_histogram,
      responseSize: buckets.response_size_histogram,
    },
    select: attributes.select,
    unresolved: unresolvedOf(attributes),
    ttlMs: ttl,
    vintage: config.names_vintage,
    spanNamesLimit: attributes.metric_span_names_limit,
    allowsSelfReferences,
    // labels of Prometheus only: one aggregate serves both exporters
    extraSpanAttributes: [...new Set([prometheus, otlp].flatMap((section) => section.extra_span_resource_attributes))],
    budget: { perService: limitOf(series.per_service), total: limitOf(series.total) },
    extraGroupAttributes: attributes.extra_group_attributes['k8s_app_meta'] ?? [],
    surroundings: { kubernetes: false, containers: hasEngine(config.surroundings) },
  };
}

/** As JSON has no infinity, by which aggregates are told apart, any number is a very large one. */
function limitOf(setting: number): number {
  return setting <= 0 ? Number.MAX_SAFE_INTEGER : setting;
}

function entryFeaturesOf({ instrument, services }: Config['discovery']): readonly string[] {
  return [...new Set([...instrument, ...services].flatMap(({ metrics }) => metrics.features ?? []))];
}

function exponentialOf(section: Config['otel_metrics_export']): ExponentialShape | undefined {
  if (section.histogram_aggregation !== 'base2_exponential_bucket_histogram') return undefined;
  const { max_size: maxSize, max_scale: maxScale } = section.exponential_histogram;
  return { maxSize: Math.max(maxSize, 2), maxScale: Math.min(Math.max(maxScale, -10), 20) };
}

/** OTEL_EXPORTER_OTLP_TIMEOUT's default. */
const defaultTimeoutMs = 10_000;

function otlpMetricsOf(config: Config): OtlpMetricsSettings | undefined {
  const target = targetOf(config, 'metrics');
  if (target === undefined) return undefined;
  const { otel_metrics_export: section, otlp } = config;
  return {
    target,
    timeoutMs: otlp.timeout_ms || otlp.metric_export_timeout_ms || defaultTimeoutMs,
    gzip: otlp.compression === 'gzip',
    tls: {
      insecureSkipVerify: section.insecure_skip_verify,
      caFile: otlp.certificate,
      certFile: otlp.client_certificate,
      keyFile: otlp.client_key,
    },
    proxies: proxiesOf(config),
    retry: defaultRetry,
    metrics: { ...metricsOf(config, section), exponential: exponentialOf(section) },
    intervalMs: section.interval || section.otelintervalms,
    ttlMs: section.ttl,
    temporality: otlp.temporality === 'cumulative' ? 'cumulative' : 'delta',
    exemplars: otlp.exemplar_filter,
  };
}

function otlpTracesOf(config: Config): OtlpTracesSettings | undefined {
  const target = targetOf(config, 'traces');
  if (target === undefined) return undefined;
  const { otel_traces_export: section, otlp } = config;
  return {
    target,
    timeoutMs: otlp.traces_timeout_ms || defaultTimeoutMs,
    gzip: otlp.traces_compression === 'gzip',
    tls: {
      insecureSkipVerify: section.insecure_skip_verify,
      caFile: otlp.traces_certificate,
      certFile: otlp.traces_client_certificate,
      keyFile: otlp.traces_client_key,
    },
    proxies: proxiesOf(config),
    retry: {
      initialMs: section.backoff_initial_interval || defaultRetry.initialMs,
      maxMs: section.backoff_max_interval || defaultRetry.maxMs,
      maxElapsedMs: section.backoff_max_elapsed_time || defaultRetry.maxElapsedMs,
    },
    instrumentations: section.instrumentations,
    sampler: samplerOf(section.sampler),
    batchMaxSize: section.batch_max_size,
    batchTimeoutMs: section.batch_timeout,
    queueSize: section.queue_size,
  };
}

function proxiesOf({ surroundings }: Config): ProxyVariables {
  const { http_proxy, https_proxy, no_proxy } = surroundings;
  return { HTTP_PROXY: http_proxy, HTTPS_PROXY: https_proxy, NO_PROXY: no_proxy };
}

/** Wrong settings were told of when the configuration was loaded: for metrics it was refused, traces are turned off. */
function targetOf(config: Config, signal: 'metrics' | 'traces'): OtlpTarget | undefined {
  const resolution = resolveOtlp(config, signal);
  return resolution.is === 'on' ? resolution.target : undefined;
}

/** A ratio that cannot be read was replaced when the configuration was loaded; other samplers have none. */
function samplerOf(section: Config['otel_traces_export']['sampler']): OtlpTracesSettings['sampler'] {
  const { name, arg, keep_errors: keepErrors, keep_slower_than: keepSlowerThanMs } = section;
  return { name, ratio: Number(arg), keepErrors, keepSlowerThanMs };
}
