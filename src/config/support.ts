import type { Written } from './written.ts';

/**
 * What this build does with each setting: one list for the whole agent. A path that is not here is read, checked and
 * documented, but nothing acts on it yet. `x.*` stands for every key below `x`; keys of list entries are written
 * `discovery.instrument[].exe_path`, those of named objects `attributes.select[].include`.
 */
const actedOn: readonly string[] = [
  'open_port',
  'executable_name',
  'auto_target_exe',
  'auto_target_language',
  'target_pids',
  'service_name',
  'service_namespace',
  'log_level',
  'log_format',
  'log_config',
  'enforce_sys_caps',
  'strict',
  'trace_printer',
  'trace_printer_vintage',
  'names_vintage',
  'shutdown_timeout',
  'discovery.instrument',
  'discovery.survey',
  'discovery.services',
  'discovery.exclude_instrument',
  'discovery.exclude_services',
  'discovery.default_exclude_instrument',
  'discovery.default_exclude_services',
  'discovery.excluded_linux_system_paths',
  'discovery.exclude_otel_instrumented_services_span_metrics',
  'discovery.default_otlp_grpc_port',
  'discovery.skip_go_specific_tracers',
  'otel_metrics_export.endpoint',
  'otel_metrics_export.protocol',
  'otel_metrics_export.interval',
  'otel_metrics_export.otelintervalms',
  'otel_metrics_export.instrumentations',
  'otel_metrics_export.insecure_skip_verify',
  'otel_metrics_export.histogram_aggregation',
  'otel_metrics_export.exponential_histogram.*',
  'otel_metrics_export.ttl',
  'otel_metrics_export.allow_service_graph_self_references',
  'otel_metrics_export.extra_span_resource_attributes',
  'otel_metrics_export.buckets.duration_histogram',
  'otel_metrics_export.buckets.request_size_histogram',
  'otel_metrics_export.buckets.response_size_histogram',
  'otel_traces_export.endpoint',
  'otel_traces_export.protocol',
  'otel_traces_export.sampler.*',
  'otel_traces_export.instrumentations',
  'otel_traces_export.batch_max_size',
  'otel_traces_export.batch_timeout',
  'otel_traces_export.queue_size',
  'otel_traces_export.insecure_skip_verify',
  'otel_traces_export.backoff_initial_interval',
  'otel_traces_export.backoff_max_interval',
  'otel_traces_export.backoff_max_elapsed_time',
  'prometheus_export.port',
  'prometheus_export.path',
  'prometheus_export.instrumentations',
  'prometheus_export.ttl',
  'prometheus_export.extra_resource_attributes',
  'prometheus_export.allow_service_graph_self_references',
  'prometheus_export.extra_span_resource_attributes',
  'prometheus_export.disable_build_info',
  'prometheus_export.exemplar_filter',
  'prometheus_export.native_histogram.bucket_factor',
  'prometheus_export.tls.*',
  'prometheus_export.basic_auth.*',
  'prometheus_export.buckets.duration_histogram',
  'prometheus_export.buckets.request_size_histogram',
  'prometheus_export.buckets.response_size_histogram',
  'otlp.endpoint',
  'otlp.headers',
  'otlp.metrics_headers',
  'otlp.traces_headers',
  'otlp.resource_attributes',
  'otlp.exemplar_filter',
  'otlp.temporality',
  'otlp.compression',
  'otlp.timeout_ms',
  'otlp.metric_export_timeout_ms',
  'otlp.certificate',
  'otlp.client_certificate',
  'otlp.client_key',
  'otlp.insecure',
  'otlp.traces_compression',
  'otlp.traces_timeout_ms',
  'otlp.traces_certificate',
  'otlp.traces_client_certificate',
  'otlp.traces_client_key',
  'otlp.traces_insecure',
  'grafana.otlp.*',
  'routes.*',
  'metrics.series_limit.*',
  'name_resolver.cache_len',
  'name_resolver.cache_expiry',
  'processes.*',
  'attributes.select',
  'attributes.select[].*',
  'attributes.sensitive_query_params.*',
  'filter.application',
  'filter.application[].*',
  'attributes.instance_id.*',
  'attributes.host_id.override',
  'attributes.metadata_retry.*',
  'attributes.metric_span_names_limit',
  'attributes.extra_group_attributes',
  'attributes.rename_unresolved_hosts',
  'attributes.rename_unresolved_hosts_outgoing',
  'attributes.rename_unresolved_hosts_incoming',
  'internal_metrics.exporter',
  'internal_metrics.prometheus.port',
  'internal_metrics.prometheus.path',
  'internal_metrics.avoided_services.*',
  'ebpf.capture_backend',
  'ebpf.probe_links',
  'ebpf.disable_black_box_cp',
  'governor.*',
  'surroundings.host_proc',
  'surroundings.docker_host',
  'surroundings.http_proxy',
  'surroundings.https_proxy',
  'surroundings.no_proxy',
  'surroundings.docker_api_version',
  'surroundings.docker_cert_path',
  'surroundings.docker_tls_verify',
  'surroundings.containerd_address',
  'surroundings.container_runtime_endpoint',
];

/** Keys of selector entries that decide or describe; the rest needs metadata of Kubernetes. */
const describing = [
  'open_ports',
  'exe_path',
  'exe_path_regexp',
  'cmd_args',
  'languages',
  'target_pids',
  'containers_only',
  'container_name',
  'name',
  'namespace',
];
/** Those of an entry whose processes are instrumented, besides. */
const selectorKeys = [
  ...describing,
  'exports',
  'routes.incoming',
  'routes.outgoing',
  'sampler.name',
  'sampler.arg',
  'metrics.features',
];

interface Difference {
  readonly how: string;
  /** Values for which there is no difference. */
  readonly except?: readonly string[];
}

const produced = [
  'application',
  'application_span',
  'application_span_otel',
  'application_span_sizes',
  'application_service_graph',
  'application_host',
  'application_process',
  'ebpf',
];
const families = { how: `produced are ${produced.slice(0, -1).join(', ')} and ${produced.at(-1)}`, except: produced };

const cacheless =
  'there is no such cache: metrics.series_limit bounds the series, and services end with their processes';

/** Settings that have an effect, but not quite that of the reference. */
const differing: Readonly<Record<string, Difference>> = {
  'discovery.poll_interval': {
    how: 'the kernel tells of processes at once; a value reads the table of processes that often besides, also for a survey',
    except: ['0', '0s'],
  },
  'otel_metrics_export.reporters_cache_len': { how: cacheless },
  'otel_traces_export.reporters_cache_len': { how: cacheless },
  'prometheus_export.service_cache_size': { how: cacheless },
  'name_resolver.sources': { how: 'dns and the hosts file are asked, k8s and rdns are not', except: ['dns'] },
  'discovery.exclude_otel_instrumented_services': {
    how: 'exports over grpc are recognised by their method, not by their port',
  },
  'discovery.min_process_age': { how: 'processes are judged as soon as they start, so that no request is missed' },
  'metrics.features': families,
  'otel_metrics_export.features': families,
  'prometheus_export.features': families,
  'internal_metrics.bpf_metric_scrape_interval': {
    how: 'programs are read at every scrape or push as well, maps are counted at most once in this time',
  },
  'prometheus_export.native_histogram.max_bucket_number': {
    how: 'counts from the lowest bucket to the highest, empty ones too; beyond it the resolution is halved',
  },
  'ebpf.track_request_headers': { how: 'headers are read whenever trace ids are exported' },
  'ebpf.context_propagation': {
    how: 'headers are written where a trial at the start finds that this does no harm',
    except: ['disabled', '', 'tcp'],
  },
  'ebpf.wakeup_len': {
    how: 'the agent is woken for the first record and reads all that have gathered since, so there is nothing to tune',
  },
  'ebpf.batch_length': { how: 'spans go on as soon as they are read; batches are as large as what was waiting' },
  'ebpf.batch_timeout': { how: 'spans go on as soon as they are read' },
};

export type Support = { readonly is: 'yes' | 'no' } | { readonly is: 'differs'; readonly how: string };

const exact = new Set(actedOn.filter((path) => !path.endsWith('.*')));
const prefixes = actedOn.flatMap((path) => (path.endsWith('.*') ? [path.slice(0, -1)] : []));
const surveyList = /^discovery\.survey\[\]\.(.+)$/;
const selectorLists = /^discovery\.(?:default_)?(?:exclude_)?(?:instrument|services)\[\]\.(.+)$/;

/** What becomes of a setting; with its value, also whether that value makes a difference. */
export function supportOf(path: string, written?: Written): Support {
  const difference = differing[path];
  if (difference !== undefined) {
    const values = written === undefined || written === null ? [] : [written].flat();
    const isSame = values.length > 0 && values.every((value) => difference.except?.includes(String(value)));
    return isSame ? { is: 'yes' } : { is: 'differs', how: difference.how };
  }
  const [, selectorKey] = selectorLists.exec(path) ?? [];
  const [, surveyKey] = surveyList.exec(path) ?? [];
  if (surveyKey !== undefined) return { is: describing.includes(surveyKey) ? 'yes' : 'no' };
  if (selectorKey !== undefined) return { is: selectorKeys.includes(selectorKey) ? 'yes' : 'no' };
  return { is: exact.has(path) || prefixes.some((prefix) => path.startsWith(prefix)) ? 'yes' : 'no' };
}
