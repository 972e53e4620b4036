import type { Tree, ValueOf } from '../tree.ts';
import { instrumentationNames } from './instrumentations.ts';

/** The names of the samplers that OTEL_TRACES_SAMPLER may hold. */
export const samplerNames = [
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'always_on',
  'always_off',
  'traceidratio',
] as const;

export const otelTracesExport = {
  endpoint: {
    doc: 'URL of the receiver; stronger than OTEL_EXPORTER_OTLP_ENDPOINT.',
    format: 'string',
    default: '',
    env: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  },
  protocol: {
    doc: 'grpc, http/protobuf, http/json, or debug to print spans; without it, guessed from the port of the endpoint.',
    format: 'string',
    default: '',
    env: ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'],
  },
  insecure_skip_verify: {
    doc: "Does not check the receiver's certificate.",
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_INSECURE_SKIP_VERIFY',
  },
  sampler: {
    name: {
      doc: 'Which traces are kept.',
      format: samplerNames,
      otherwise: 'parentbased_always_on',
      default: 'parentbased_always_on',
      env: 'OTEL_TRACES_SAMPLER',
      live: true,
    },
    arg: {
      doc: 'Argument of the sampler: for the ratio ones, the share of traces that is kept.',
      format: 'string',
      default: '',
      env: 'OTEL_TRACES_SAMPLER_ARG',
      live: true,
    },
    keep_errors: {
      doc: 'Keeps traces that the sampler drops when a request in them failed, as far as they are known by then.',
      format: 'boolean',
      default: false,
      env: 'BEYLA_TRACES_KEEP_ERRORS',
      live: true,
      ours: true,
    },
    keep_slower_than: {
      doc: 'Keeps traces that the sampler drops when a request in them took longer; 0 keeps none for that.',
      format: 'duration',
      default: '0s',
      env: 'BEYLA_TRACES_KEEP_SLOWER_THAN',
      live: true,
      ours: true,
    },
  },
  instrumentations: {
    doc: 'Protocols that are reported.',
    format: 'list',
    items: instrumentationNames,
    default: [
      'http',
      'grpc',
      'sql',
      'redis',
      'kafka',
      'mqtt',
      'nats',
      'amqp',
      'mongo',
      'couchbase',
      'memcached',
      'sunrpc',
      'aerospike',
    ],
    env: 'OTEL_EBPF_TRACES_INSTRUMENTATIONS',
  },
  batch_max_size: {
    doc: 'Most spans in one request.',
    format: 'int',
    range: [0, 2147483647],
    default: 4096,
    env: 'OTEL_EBPF_OTLP_TRACES_BATCH_MAX_SIZE',
  },
  batch_timeout: {
    doc: 'After this time an incomplete batch is sent.',
    format: 'duration',
    default: '15s',
    env: 'OTEL_EBPF_OTLP_TRACES_BATCH_TIMEOUT',
  },
  queue_size: {
    doc: 'Spans that may wait to be sent.',
    format: 'int',
    range: [0, 2147483647],
    default: 16384,
    env: 'OTEL_EBPF_OTLP_TRACES_QUEUE_SIZE',
  },
  backoff_initial_interval: {
    doc: 'First pause before a failed request is sent again; 0 means 5s.',
    format: 'duration',
    default: '0s',
    env: 'OTEL_EBPF_BACKOFF_INITIAL_INTERVAL',
  },
  backoff_max_interval: {
    doc: 'Longest such pause; 0 means 5s, a half more or less.',
    format: 'duration',
    default: '0s',
    env: 'OTEL_EBPF_BACKOFF_MAX_INTERVAL',
  },
  backoff_max_elapsed_time: {
    doc: 'After this time a batch is dropped; 0 means 5m.',
    format: 'duration',
    default: '0s',
    env: 'OTEL_EBPF_BACKOFF_MAX_ELAPSED_TIME',
  },
  reporters_cache_len: {
    doc: 'Services that are remembered.',
    format: 'int',
    default: 256,
    env: 'OTEL_EBPF_TRACES_REPORT_CACHE_LEN',
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

export type OtelTracesExportConfig = ValueOf<typeof otelTracesExport>;
export type SamplerName = OtelTracesExportConfig['sampler']['name'];
