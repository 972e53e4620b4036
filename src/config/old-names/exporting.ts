import { type OldName, ofEveryExporter, prefixed, whenOn } from './old-name.ts';

/** The old switches added an attribute to the defaults of the HTTP metrics: an empty section keeps the defaults. */
function addedToHttpMetrics(attribute: string): Pick<OldName, 'format' | 'becomes'> {
  const section = { include: [attribute] };
  return whenOn({
    'attributes.select': {
      '*': {},
      'http.server.request.duration': section,
      'http.client.request.duration': section,
      'http.server.request.body.size': section,
      'http.client.request.body.size': section,
    },
  });
}

export const exporting: readonly OldName[] = [
  prefixed('PROMETHEUS_PORT', 'prometheus_export.port', '0.0.1 to 0.0.3'),
  prefixed('PROMETHEUS_PATH', 'prometheus_export.path'),
  prefixed('METRICS_INTERVAL', 'otel_metrics_export.interval'),
  prefixed('METRICS_REPORT_CACHE_LEN', 'otel_metrics_export.reporters_cache_len'),
  prefixed('INTERNAL_METRICS_PROMETHEUS_PORT', 'internal_metrics.prometheus.port'),
  prefixed('INTERNAL_METRICS_PROMETHEUS_PATH', 'internal_metrics.prometheus.path'),
  {
    variables: ['OTEL_INSECURE_SKIP_VERIFY'],
    valid: '0.0.1 to 0.3',
    today: 'BEYLA_OTEL_INSECURE_SKIP_VERIFY',
    to: ['otel_metrics_export.insecure_skip_verify', 'otel_traces_export.insecure_skip_verify'],
  },
  {
    keys: ofEveryExporter('report_target'),
    variables: ['METRICS_REPORT_TARGET', 'BEYLA_METRICS_REPORT_TARGET', 'OTEL_EXPORTER_REPORT_TARGET'],
    valid: '0.0.1 to 1.9',
    today: 'attributes.select with include: [url.path]',
    ...addedToHttpMetrics('url.path'),
  },
  {
    keys: ofEveryExporter('report_peer'),
    variables: ['METRICS_REPORT_PEER', 'BEYLA_METRICS_REPORT_PEER'],
    valid: '0.0.1 to 1.9',
    today: 'attributes.select with include: [client.address]',
    ...addedToHttpMetrics('client.address'),
  },
  {
    keys: ['otel_traces_export.sampling_ratio'],
    variables: ['OTEL_TRACE_SAMPLING_RATIO', 'BEYLA_OTEL_TRACE_SAMPLING_RATIO'],
    valid: '0.0.4 to 0.4.0',
    today: 'otel_traces_export.sampler: {name: traceidratio, arg: "0.1"}',
    format: 'float',
    becomes: (written) => ({
      'otel_traces_export.sampler.name': 'traceidratio',
      'otel_traces_export.sampler.arg': String(written),
    }),
  },
  {
    keys: ['otel_traces_export.max_export_batch_size'],
    variables: ['OTLP_TRACES_MAX_EXPORT_BATCH_SIZE', 'BEYLA_OTLP_TRACES_MAX_EXPORT_BATCH_SIZE'],
    valid: '0.0.1 to 2.4',
    today: 'otel_traces_export.batch_max_size',
    to: ['otel_traces_export.batch_max_size'],
  },
  {
    keys: ['otel_traces_export.max_queue_size'],
    variables: ['OTLP_TRACES_MAX_QUEUE_SIZE', 'BEYLA_OTLP_TRACES_MAX_QUEUE_SIZE'],
    valid: '0.0.1 to 3.11',
    today: 'otel_traces_export.queue_size',
    to: ['otel_traces_export.queue_size'],
  },
  {
    keys: ['otel_traces_export.export_timeout'],
    variables: ['OTLP_TRACES_EXPORT_TIMEOUT', 'BEYLA_OTLP_TRACES_EXPORT_TIMEOUT'],
    valid: '0.0.1 to 2.1',
    today: 'nothing',
  },
  { keys: ['routes.unmatch'], valid: '0.0.1 to 0.3', today: 'routes.unmatched', to: ['routes.unmatched'] },
];
