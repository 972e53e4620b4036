import { enabledParts, endpointOf } from './enabled.ts';
import { resolveOtlp } from './otlp-target.ts';
import type { Config } from './schema.ts';
import { criteria, type RegexpSelector } from './sections/selectors.ts';

/** A condition under which the agent does not start although every value by itself is right. */
export interface Refusal {
  readonly key: string;
  readonly reason: string;
}

type Rule = (config: Config) => readonly Refusal[];

const exporters = 'trace_printer, grafana, otel_metrics_export, otel_traces_export or prometheus_export';
const metricExporters =
  'grafana, otel_metrics_export or prometheus_export (OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT, BEYLA_PROMETHEUS_PORT)';

/** In the order in which the reference checks; it stops at the first, we name all. */
const rules: readonly Rule[] = [
  selectorsHaveCriteria,
  somethingIsEnabled,
  ({ ebpf }) => when(ebpf.batch_length === 0, 'ebpf.batch_length', 'BEYLA_BPF_BATCH_LENGTH must be at least 1'),
  ({ attributes }) =>
    when(
      attributes.kubernetes.informers_sync_timeout === 0,
      'attributes.kubernetes.informers_sync_timeout',
      'must be greater than 0s',
    ),
  (config) => {
    const { network, grafanaMetrics, prometheus } = enabledParts(config);
    const hasExporter =
      grafanaMetrics || endpointOf(config, 'metrics') !== '' || prometheus || config.network.print_flows;
    const reason = `needs a metrics exporter: ${metricExporters}, or BEYLA_NETWORK_PRINT_FLOWS`;
    return when(network && !hasExporter, 'network', reason);
  },
  (config) => {
    const { stats, grafanaMetrics, prometheus } = enabledParts(config);
    const hasExporter =
      grafanaMetrics || endpointOf(config, 'metrics') !== '' || prometheus || config.stats.print_stats;
    const reason = `needs a metrics exporter: ${metricExporters}, or BEYLA_STATS_PRINT_STATS`;
    return when(stats && !hasExporter, 'stats', reason);
  },
  applicationHasExporter,
  oneSpanMetricsFormat,
  ({ routes }) =>
    when(
      routes !== undefined && Buffer.byteLength(routes.wildcard_char) > 1,
      'routes.wildcard_char',
      'must be a single character of one byte',
    ),
  internalMetricsHaveOneWay,
  injectorIsComplete,
  metricsEndpointIsRight,
  filtersHaveClauses,
];

export function refusals(config: Config): readonly Refusal[] {
  return rules.flatMap((rule) => rule(config));
}

function when(condition: boolean, key: string, reason: string): readonly Refusal[] {
  return condition ? [{ key, reason }] : [];
}

function selectorsHaveCriteria({ discovery }: Config): readonly Refusal[] {
  const lists: Readonly<Record<string, readonly Partial<RegexpSelector>[]>> = {
    services: discovery.services,
    exclude_services: discovery.exclude_services,
    instrument: discovery.instrument,
    exclude_instrument: discovery.exclude_instrument,
  };
  return Object.entries(lists).flatMap(([name, entries]) =>
    entries.flatMap((entry, i) => {
      const hasCriterion = criteria.some((key) => entry[key] !== undefined && entry[key] !== false);
      const reason = `lacks any selection criterion; use one of ${criteria.join(', ')}`;
      return when(!hasCriterion, `discovery.${name}[${i}]`, reason);
    }),
  );
}

function somethingIsEnabled(config: Config): readonly Refusal[] {
  const { application, network, stats, injector } = enabledParts(config);
  const reason =
    'no application discovery or network metrics configured: say what to instrument with BEYLA_OPEN_PORT, BEYLA_AUTO_TARGET_EXE or discovery.instrument; docs/config.md lists all keys';
  return when(!application && !network && !stats && !injector, '', reason);
}

function applicationHasExporter(config: Config): readonly Refusal[] {
  const { application, tracePrinter, grafanaMetrics, grafanaTraces, prometheus, otelMetrics, otelTraces } =
    enabledParts(config);
  const hasExporter = tracePrinter || grafanaMetrics || grafanaTraces || prometheus || otelMetrics || otelTraces;
  return when(application && !hasExporter, '', `define at least one exporter: ${exporters}`);
}

function oneSpanMetricsFormat(config: Config): readonly Refusal[] {
  const { features } = config.metrics;
  const hasBoth = features.includes('application_span') && features.includes('application_span_otel');
  const exportsBoth = config.prometheus_export.port !== 0 && endpointOf(config, 'metrics') !== '';
  const reason = 'only one span-metrics format is possible: application_span or application_span_otel';
  return when(hasBoth && exportsBoth && enabledParts(config).application, 'metrics.features', reason);
}

function internalMetricsHaveOneWay(config: Config): readonly Refusal[] {
  const { exporter, prometheus } = config.internal_metrics;
  if (exporter !== 'otel') return [];
  const { otelMetrics } = enabledParts(config);
  return [
    ...when(prometheus.port !== 0, 'internal_metrics', 'cannot enable both otel and prometheus.port'),
    ...when(!otelMetrics, 'internal_metrics.exporter', 'otel needs an endpoint for OTLP metrics'),
  ];
}

function injectorIsComplete(config: Config): readonly Refusal[] {
  const { injector } = config;
  if (!enabledParts(config).injector) return [];
  const { otelTraces } = enabledParts(config);
  const protocol = injector.exporter_otlp_protocol || config.otel_traces_export.protocol;
  const isKnown = protocol === '' || ['http/json', 'http/protobuf', 'grpc'].includes(protocol);
  const hasOrphan = injector.exporter_otlp_protocol !== '' && injector.exporter_otlp_endpoint === '';
  return [
    ...when(!otelTraces, 'injector.webhook', 'needs an endpoint for OTLP traces'),
    ...when(!isKnown, 'injector', `the protocol "${protocol}" is not http/json, http/protobuf or grpc`),
    ...when(injector.image_version === '', 'injector.image_version', 'is required'),
    ...when(hasOrphan, 'injector.exporter_otlp_protocol', 'needs exporter_otlp_endpoint'),
  ];
}

function metricsEndpointIsRight(config: Config): readonly Refusal[] {
  const metrics = resolveOtlp(config, 'metrics');
  return metrics.is === 'wrong' ? [{ key: metrics.key, reason: `"${metrics.value}" ${metrics.reason}` }] : [];
}

const numeric = ['equals', 'not_equals', 'greater_than', 'greater_equals', 'less_than', 'less_equals'] as const;

function filtersHaveClauses({ filter }: Config): readonly Refusal[] {
  return Object.entries(filter).flatMap(([kind, attributes]) =>
    Object.entries(attributes).flatMap(([name, clauses]) => {
      const key = `filter.${kind}[${name}]`;
      const hasNumber = numeric.some((clause) => clauses[clause] !== undefined);
      const hasGlob = clauses.match !== undefined || clauses.not_match !== undefined;
      const hasBoth = clauses.match !== undefined && clauses.not_match !== undefined;
      return [
        ...when(!hasNumber && !hasGlob, key, `needs a clause: match, not_match, ${numeric.join(', ')}`),
        ...when(hasBoth, key, 'match and not_match exclude each other'),
        ...when(hasGlob && hasNumber, key, 'globs and numbers exclude each other'),
      ];
    }),
  );
}
