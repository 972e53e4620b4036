import type { Tree, ValueOf } from '../tree.ts';

export const internalMetrics = {
  exporter: {
    doc: "How the agent's own metrics leave; a Prometheus port alone is enough for prometheus.",
    format: ['disabled', 'prometheus', 'otel'],
    otherwise: 'disabled',
    default: 'disabled',
    env: 'OTEL_EBPF_INTERNAL_METRICS_EXPORTER',
  },
  prometheus: {
    port: {
      doc: "Port of the scrape endpoint for the agent's own metrics; 0 switches it off.",
      format: 'int',
      range: [0, 65535],
      default: 0,
      env: 'OTEL_EBPF_INTERNAL_METRICS_PROMETHEUS_PORT',
    },
    path: {
      doc: 'Path of that endpoint.',
      format: 'string',
      default: '/internal/metrics',
      env: 'OTEL_EBPF_INTERNAL_METRICS_PROMETHEUS_PATH',
    },
  },
  avoided_services: {
    disabled: {
      doc: 'Leaves out the metric about services that report themselves.',
      format: 'boolean',
      default: false,
      env: 'OTEL_EBPF_INTERNAL_METRICS_AVOIDED_SERVICES_DISABLED',
    },
    limit: {
      doc: 'Most services in that metric.',
      format: 'int',
      default: 2000,
      env: 'OTEL_EBPF_INTERNAL_METRICS_AVOIDED_SERVICES_LIMIT',
    },
  },
  bpf_metric_scrape_interval: {
    doc: 'How often the counters of kernel programs are read, for the feature ebpf.',
    format: 'duration',
    default: '15s',
    env: 'OTEL_EBPF_BPF_METRIC_SCRAPE_INTERVAL',
  },
} as const satisfies Tree;

export type InternalMetricsConfig = ValueOf<typeof internalMetrics>;
