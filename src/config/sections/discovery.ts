import type { Tree, ValueOf } from '../tree.ts';
import { globSelectors, regexpSelectors } from './selectors.ts';

const namespaces = [
  'kube-system',
  'kube-node-lease',
  'local-path-storage',
  'grafana-alloy',
  'cert-manager',
  'monitoring',
  'gke-connect',
  'gke-gmp-system',
  'gke-managed-cim',
  'gke-managed-filestorecsi',
  'gke-managed-metrics-server',
  'gke-managed-system',
  'gke-system',
  'gke-managed-volumepopulator',
  'gatekeeper-system',
];

/** Namespaces that a survey also lists, although they are otherwise left alone. */
const surveyed = new Set(['grafana-alloy', 'monitoring']);

function excludedGlobs(left: readonly string[]) {
  return [
    {
      exe_path:
        '{*beyla,*alloy,*prometheus-config-reloader,*ebpf-instrument,*obi,*otelcol,*otelcol-contrib,*otelcol-contrib[!/]*}',
    },
    { k8s_namespace: `{${left.join(',')}}` },
    { k8s_container_name: '{beyla,ebpf-instrument,obi,alloy,prometheus-config-reloader,otelcol,otelcol-contrib}' },
  ];
}

function excludedRegexps(left: readonly string[]) {
  const anchored = left.map((name) => (name === 'gatekeeper-system' ? `^${name}` : `^${name}$`));
  return [
    { exe_path: '(?:^|/)(beyla$|alloy$|prometheus-config-reloader$|otelcol[^/]*$)' },
    { k8s_namespace: anchored.join('|') },
  ];
}

const leftBySurvey = namespaces.filter((name) => !surveyed.has(name));

/** What the two default lists become when there is a survey and nobody has changed them. */
export const surveyExclusions = {
  default_exclude_instrument: excludedGlobs(leftBySurvey),
  default_exclude_services: excludedRegexps(leftBySurvey),
};

export const discovery = {
  instrument: {
    ...globSelectors('Processes to instrument: an entry matches when all of its criteria do.', []),
    live: true,
  },
  services: {
    ...regexpSelectors('Processes to instrument, by regular expressions.', []),
    deprecated: 'discovery.instrument (globs)',
    live: true,
  },
  exclude_instrument: {
    ...globSelectors('Processes never to instrument; stronger than inclusion.', []),
    live: true,
  },
  exclude_services: {
    ...regexpSelectors('Processes never to instrument, by regular expressions.', []),
    deprecated: 'discovery.exclude_instrument (globs)',
    live: true,
  },
  default_exclude_instrument: {
    ...globSelectors(
      'Exclusions that hold besides your own; an empty list switches them off.',
      excludedGlobs(namespaces),
    ),
    live: true,
  },
  default_exclude_services: {
    ...regexpSelectors('The same for the lists of regular expressions.', excludedRegexps(namespaces)),
    live: true,
  },
  survey: globSelectors('Processes that are only listed, in the metric survey_info.', []),
  exclude_otel_instrumented_services: {
    doc: 'Stops reporting a signal of a process that is seen exporting that signal itself.',
    format: 'boolean',
    default: true,
    env: 'BEYLA_EXCLUDE_OTEL_INSTRUMENTED_SERVICES',
  },
  exclude_otel_instrumented_services_span_metrics: {
    doc: 'Extends that to span metrics.',
    format: 'boolean',
    default: false,
    env: 'BEYLA_EXCLUDE_OTEL_INSTRUMENTED_SERVICES_SPAN_METRICS',
  },
  default_otlp_grpc_port: {
    doc: "Port that tells a process's own OTLP export over gRPC when its variables do not.",
    format: 'int',
    range: [0, 65535],
    default: 4317,
    env: 'BEYLA_DEFAULT_OTLP_GRPC_PORT',
  },
  skip_go_specific_tracers: {
    doc: 'Uses only the generic probes for Go programs.',
    format: 'boolean',
    default: false,
    env: 'BEYLA_SKIP_GO_SPECIFIC_TRACERS',
  },
  poll_interval: {
    doc: 'How often the table of processes is read; 0 means every 5 seconds.',
    format: 'duration',
    default: '0s',
    env: 'BEYLA_DISCOVERY_POLL_INTERVAL',
  },
  min_process_age: {
    doc: 'Younger processes wait, unless they have opened a port that is looked for.',
    format: 'duration',
    default: '5s',
    env: 'BEYLA_MIN_PROCESS_AGE',
  },
  process_context_poll_interval: {
    doc: 'How often the context that an SDK publishes in its process is read again; 0 reads it once.',
    format: 'duration',
    default: '1s',
    env: 'BEYLA_PROCESS_CONTEXT_POLL_INTERVAL',
  },
  bpf_pid_filter_off: {
    doc: 'Leaves the choice of processes to user space; for debugging.',
    format: 'boolean',
    default: false,
    env: 'BEYLA_BPF_PID_FILTER_OFF',
  },
  route_harvester_timeout: {
    doc: 'Longest time for reading routes out of a program.',
    format: 'duration',
    default: '10s',
    env: 'OTEL_EBPF_ROUTE_HARVESTER_TIMEOUT',
  },
  disabled_route_harvesters: {
    doc: 'Languages whose routes are not read out of programs.',
    format: 'list',
    items: { of: ['java', 'nodejs', 'go'], unknown: 'ignored' },
    default: [],
  },
  route_harvester_advanced: {
    java_harvest_delay: {
      doc: 'Wait between seeing a Java program and reading its routes.',
      format: 'duration',
      default: '5s',
      env: 'OTEL_EBPF_JAVA_ROUTE_HARVEST_DELAY',
    },
  },
  excluded_linux_system_paths: {
    doc: 'Path prefixes for which the early detection of the language is skipped.',
    format: 'list',
    default: ['/lib/systemd/', '/usr/lib/systemd/', '/usr/libexec/', '/sbin/', '/usr/sbin/'],
    live: true,
  },
} as const satisfies Tree;

export type DiscoveryConfig = ValueOf<typeof discovery>;
