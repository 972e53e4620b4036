import type { Tree, ValueOf } from '../tree.ts';

function variable(doc: string, env: string | readonly string[]) {
  return { doc, format: 'string', default: '', env, variableOnly: true } as const;
}

/** The same for traces. The reference heeds it for metrics only. */
function forTraces(doc: string, suffix: string) {
  const env = [`OTEL_EXPORTER_OTLP_TRACES_${suffix}`, `OTEL_EXPORTER_OTLP_${suffix}`];
  return { doc: `${doc} For traces.`, format: 'string', default: '', env, variableOnly: true, ours: true } as const;
}

function milliseconds(doc: string, env: string | readonly string[]) {
  return { doc, format: 'int', default: 0, env, variableOnly: true, isShared: true } as const;
}

function headers(doc: string, env: string) {
  return { doc, format: 'pairs', default: {}, env, variableOnly: true, sensitive: true } as const;
}

/** The standard variables of OpenTelemetry's exporters; there are no keys for them in the file. */
export const otlp = {
  endpoint: variable('URL of the receiver of metrics and traces.', 'OTEL_EXPORTER_OTLP_ENDPOINT'),
  headers: headers('HTTP headers of every request: k=v,k2=v2.', 'OTEL_EXPORTER_OTLP_HEADERS'),
  metrics_headers: headers('Further headers for metrics.', 'OTEL_EXPORTER_OTLP_METRICS_HEADERS'),
  traces_headers: headers('Further headers for traces.', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'),
  resource_attributes: {
    doc: 'Attributes of every resource: k=v,k2=v2.',
    format: 'pairs',
    default: {},
    env: 'OTEL_RESOURCE_ATTRIBUTES',
    variableOnly: true,
  },
  compression: variable('gzip or none.', ['OTEL_EXPORTER_OTLP_METRICS_COMPRESSION', 'OTEL_EXPORTER_OTLP_COMPRESSION']),
  timeout_ms: milliseconds('Longest time of a request.', [
    'OTEL_EXPORTER_OTLP_METRICS_TIMEOUT',
    'OTEL_EXPORTER_OTLP_TIMEOUT',
  ]),
  metric_export_timeout_ms: milliseconds('Longest time of an export of metrics.', 'OTEL_METRIC_EXPORT_TIMEOUT'),
  temporality: {
    doc: 'Whether points are sums since the start or since the last export.',
    format: ['cumulative', 'delta', 'lowmemory'],
    otherwise: 'cumulative',
    anyCase: true,
    default: 'cumulative',
    env: 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
    variableOnly: true,
  },
  exemplar_filter: {
    doc: 'Which measurements become exemplars: those whose trace is exported, all, or none.',
    format: ['trace_based', 'always_on', 'always_off'],
    otherwise: 'trace_based',
    default: 'trace_based',
    env: 'OTEL_METRICS_EXEMPLAR_FILTER',
    variableOnly: true,
  },
  certificate: variable('File with the certificates to trust.', [
    'OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE',
    'OTEL_EXPORTER_OTLP_CERTIFICATE',
  ]),
  client_certificate: variable("File with the agent's certificate.", [
    'OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE',
    'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE',
  ]),
  client_key: variable("File with the key of the agent's certificate.", [
    'OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY',
    'OTEL_EXPORTER_OTLP_CLIENT_KEY',
  ]),
  insecure: variable('true for gRPC without TLS.', [
    'OTEL_EXPORTER_OTLP_METRICS_INSECURE',
    'OTEL_EXPORTER_OTLP_INSECURE',
  ]),
  traces_compression: forTraces('gzip or none.', 'COMPRESSION'),
  traces_timeout_ms: {
    ...milliseconds('Longest time of a request. For traces.', [
      'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT',
      'OTEL_EXPORTER_OTLP_TIMEOUT',
    ]),
    ours: true,
  },
  traces_certificate: forTraces('File with the certificates to trust.', 'CERTIFICATE'),
  traces_client_certificate: forTraces("File with the agent's certificate.", 'CLIENT_CERTIFICATE'),
  traces_client_key: forTraces("File with the key of the agent's certificate.", 'CLIENT_KEY'),
  traces_insecure: forTraces('true for gRPC without TLS.', 'INSECURE'),
} as const satisfies Tree;

export type OtlpConfig = ValueOf<typeof otlp>;
