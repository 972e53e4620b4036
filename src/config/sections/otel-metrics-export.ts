import type { Tree, ValueOf } from '../tree.ts';
import { buckets } from './buckets.ts';
import { featureNames } from './features.ts';
import { instrumentationNames } from './instrumentations.ts';

export const otelMetricsExport = {
  endpoint: {
    doc: 'URL of the receiver; stronger than OTEL_EXPORTER_OTLP_ENDPOINT.',
    format: 'string',
    default: '',
    env: 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
  },
  protocol: {
    doc: 'grpc, http/protobuf or http/json; without it, guessed from the port of the endpoint.',
    format: 'string',
    default: '',
    env: ['OTEL_EXPORTER_OTLP_METRICS_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'],
  },
  interval: {
    doc: 'Time between two exports; 0 means the value of OTEL_METRIC_EXPORT_INTERVAL.',
    format: 'duration',
    default: '0s',
    env: 'OTEL_EBPF_METRICS_INTERVAL',
  },
  otelintervalms: {
    doc: 'Time between two exports in milliseconds, when interval is 0.',
    format: 'int',
    default: 60000,
    env: 'OTEL_METRIC_EXPORT_INTERVAL',
  },
  insecure_skip_verify: {
    doc: "Does not check the receiver's certificate.",
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_INSECURE_SKIP_VERIFY',
  },
  features: {
    doc: 'Metric families.',
    format: 'list',
    items: featureNames,
    default: undefined,
    deprecated: 'metrics.features',
  },
  instrumentations: {
    doc: 'Protocols that are reported.',
    format: 'list',
    items: instrumentationNames,
    default: ['*'],
    env: 'OTEL_EBPF_METRICS_INSTRUMENTATIONS',
  },
  buckets,
  histogram_aggregation: {
    doc: 'Kind of histograms.',
    format: ['explicit_bucket_histogram', 'base2_exponential_bucket_histogram'],
    otherwise: 'explicit_bucket_histogram',
    default: 'explicit_bucket_histogram',
    env: 'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION',
  },
  exponential_histogram: {
    max_size: {
      doc: 'Buckets of an exponential histogram for each sign.',
      format: 'int',
      default: 160,
      env: 'OTEL_EBPF_METRICS_EXPONENTIAL_HISTOGRAM_MAX_SIZE',
    },
    max_scale: {
      doc: 'Finest scale of an exponential histogram.',
      format: 'int',
      range: [-10, 20],
      default: 20,
      env: 'OTEL_EBPF_METRICS_EXPONENTIAL_HISTOGRAM_MAX_SCALE',
    },
  },
  ttl: {
    doc: 'A series that has not changed for so long is dropped.',
    format: 'duration',
    default: '5m',
    env: 'OTEL_EBPF_METRICS_TTL',
  },
  reporters_cache_len: {
    doc: 'Services that are remembered.',
    format: 'int',
    default: 256,
    env: 'OTEL_EBPF_METRICS_REPORT_CACHE_LEN',
  },
  allow_service_graph_self_references: {
    doc: 'Keeps the edges from a service to itself in the service graph.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_ALLOW_SERVICE_GRAPH_SELF_REFERENCES',
  },
  extra_span_resource_attributes: {
    doc: 'Resource attributes that span and service-graph metrics carry besides the usual seven.',
    format: 'list',
    default: [],
    env: 'OTEL_EBPF_EXTRA_SPAN_RESOURCE_ATTRIBUTES',
  },
  otel_sdk_log_level: {
    doc: 'Log level of the OTLP library.',
    format: ['', 'debug', 'info', 'warn', 'error'],
    otherwise: '',
    anyCase: true,
    default: '',
    env: 'OTEL_EBPF_SDK_LOG_LEVEL',
  },
} as const satisfies Tree;

export type OtelMetricsExportConfig = ValueOf<typeof otelMetricsExport>;
