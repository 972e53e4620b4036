import type { Config } from './schema.ts';

/** Which parts of the agent a configuration switches on. */
export interface Enabled {
  readonly application: boolean;
  readonly network: boolean;
  readonly stats: boolean;
  readonly injector: boolean;
  readonly tracePrinter: boolean;
  readonly prometheus: boolean;
  readonly otelMetrics: boolean;
  readonly otelTraces: boolean;
  /** Grafana Cloud takes the signal when no endpoint says otherwise. */
  readonly grafanaMetrics: boolean;
  readonly grafanaTraces: boolean;
}

type NeededForGrafana = Pick<Config, 'grafana'>;

function hasGrafana({ grafana: { otlp } }: NeededForGrafana): boolean {
  return otlp.cloud_zone !== '' || otlp.cloud_instance_id !== '' || otlp.cloud_api_key !== '';
}

export function enabledParts(config: Config): Enabled {
  const { features } = config.metrics;
  const isAll = features.includes('all') || features.includes('*');
  const grafanaMetrics = hasGrafana(config) && config.grafana.otlp.cloud_submit.includes('metrics');
  const grafanaTraces = hasGrafana(config) && config.grafana.otlp.cloud_submit.includes('traces');
  const otelMetrics = endpointOf(config, 'metrics') !== '';
  const prometheus = config.prometheus_export.port !== 0;
  const hasMetrics = grafanaMetrics || otelMetrics || prometheus;
  const has = (prefix: string) => isAll || features.some((feature) => feature.startsWith(prefix));
  return {
    application: hasSelection(config),
    network: config.network.enable || (has('network') && hasMetrics),
    stats: has('stats') && hasMetrics,
    injector: config.injector.webhook.external_deployment_name !== '',
    tracePrinter: config.trace_printer !== 'disabled',
    prometheus: prometheus && features.length > 0,
    otelMetrics: (otelMetrics || grafanaMetrics) && features.length > 0,
    otelTraces: endpointOf(config, 'traces') !== '' || config.otel_traces_export.protocol === 'debug' || grafanaTraces,
    grafanaMetrics,
    grafanaTraces,
  };
}

/** The own endpoint of a signal, or the common one. */
export function endpointOf(config: Config, signal: 'metrics' | 'traces'): string {
  const own = signal === 'metrics' ? config.otel_metrics_export.endpoint : config.otel_traces_export.endpoint;
  return own === '' ? config.otlp.endpoint : own;
}

function hasSelection(config: Config): boolean {
  const { discovery } = config;
  const single = [
    config.open_port,
    config.auto_target_exe,
    config.auto_target_language,
    config.executable_name,
    config.target_pids,
  ];
  const lists = [discovery.services, discovery.instrument, discovery.survey];
  return single.some((each) => each !== undefined) || lists.some((list) => list.length > 0);
}
