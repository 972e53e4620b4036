import type { Tree, ValueOf } from '../tree.ts';
import { buckets } from './buckets.ts';
import { featureNames } from './features.ts';
import { instrumentationNames } from './instrumentations.ts';

/** The reference serves in plain text and to everybody. */
function protection(doc: string, suffix: string) {
  const env = `BEYLA_PROMETHEUS_${suffix}`;
  return {
    doc: `${doc} Holds for the internal metrics, too.`,
    format: 'string',
    default: '',
    env,
    ours: true,
  } as const;
}

export const prometheusExport = {
  port: {
    doc: 'Port of the scrape endpoint; 0 switches it off.',
    format: 'int',
    range: [0, 65535],
    default: 0,
    env: 'OTEL_EBPF_PROMETHEUS_PORT',
  },
  path: {
    doc: 'Path of the scrape endpoint.',
    format: 'string',
    default: '/metrics',
    env: 'OTEL_EBPF_PROMETHEUS_PATH',
  },
  features: {
    doc: 'Metric families.',
    format: 'list',
    items: featureNames,
    default: undefined,
    env: 'OTEL_EBPF_PROMETHEUS_FEATURES',
    deprecated: 'metrics.features',
  },
  instrumentations: {
    doc: 'Protocols that are reported.',
    format: 'list',
    items: instrumentationNames,
    default: ['*'],
    env: 'OTEL_EBPF_PROMETHEUS_INSTRUMENTATIONS',
  },
  buckets,
  ttl: {
    doc: 'A series that has not changed for so long is dropped.',
    format: 'duration',
    default: '5m',
    env: 'OTEL_EBPF_PROMETHEUS_TTL',
  },
  service_cache_size: { doc: 'Services that are remembered for target_info.', format: 'int', default: 10000 },
  allow_service_graph_self_references: {
    doc: 'Keeps the edges from a service to itself in the service graph.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_PROMETHEUS_ALLOW_SERVICE_GRAPH_SELF_REFERENCES',
  },
  extra_resource_attributes: {
    doc: 'Resource attributes that target_info carries besides the usual ones.',
    format: 'list',
    default: [],
    env: 'OTEL_EBPF_PROMETHEUS_EXTRA_RESOURCE_ATTRIBUTES',
  },
  extra_span_resource_attributes: {
    doc: 'Resource attributes that span and service-graph metrics carry besides the usual seven.',
    format: 'list',
    default: [],
    env: 'OTEL_EBPF_PROMETHEUS_EXTRA_SPAN_RESOURCE_ATTRIBUTES',
  },
  native_histogram: {
    bucket_factor: {
      doc: 'Growth from one native bucket to the next.',
      format: 'float',
      default: 1.1,
      env: 'OTEL_EBPF_PROMETHEUS_NATIVE_HISTOGRAM_BUCKET_FACTOR',
    },
    max_bucket_number: {
      doc: 'Most native buckets.',
      format: 'int',
      default: 100,
      env: 'OTEL_EBPF_PROMETHEUS_NATIVE_HISTOGRAM_MAX_BUCKET_NUMBER',
    },
    min_reset_duration: {
      doc: 'Shortest time between two resets of a native histogram.',
      format: 'duration',
      default: '1h',
      env: 'OTEL_EBPF_PROMETHEUS_NATIVE_HISTOGRAM_MIN_RESET_DURATION',
    },
  },
  exemplar_filter: {
    doc: 'Which measurements become exemplars.',
    format: ['always_off', 'always_on', 'trace_based'],
    otherwise: 'always_off',
    default: 'always_off',
    env: 'OTEL_EBPF_PROMETHEUS_EXEMPLAR_FILTER',
  },
  tls: {
    cert_file: protection('File with the certificate of the scrape endpoint, which then speaks TLS.', 'TLS_CERT_FILE'),
    key_file: protection('File with the key of that certificate.', 'TLS_KEY_FILE'),
    client_ca_file: protection(
      'File with certificates, one of which must have signed the certificate of a reader.',
      'TLS_CLIENT_CA_FILE',
    ),
  },
  basic_auth: {
    username: protection('Name that readers must give; empty lets everybody read.', 'BASIC_AUTH_USERNAME'),
    password: {
      ...protection('Password that readers must give.', 'BASIC_AUTH_PASSWORD'),
      sensitive: true,
    },
  },
  disable_build_info: {
    doc: 'Leaves out the metric about this build.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_PROMETHEUS_DISABLE_BUILD_INFO',
  },
} as const satisfies Tree;

export type PrometheusExportConfig = ValueOf<typeof prometheusExport>;
