import type { Tree, ValueOf } from '../tree.ts';
import { kubernetes } from './kubernetes.ts';

function renamed(what: string, variable: string, initial: string) {
  return {
    doc: `What an address without a name becomes in metrics: ${what}. An empty text keeps the address.`,
    format: 'string',
    default: initial,
    env: `BEYLA_RENAME_UNRESOLVED_HOSTS${variable}`,
    live: true,
  } as const;
}

export const attributes = {
  kubernetes,
  instance_id: {
    dns: {
      doc: 'Asks DNS for the name of this host.',
      format: 'boolean',
      default: true,
      env: 'OTEL_EBPF_HOSTNAME_DNS_RESOLUTION',
    },
    override_hostname: {
      doc: 'Host part of service.instance.id.',
      format: 'string',
      default: '',
      env: 'OTEL_EBPF_HOSTNAME',
    },
  },
  host_id: {
    override: { doc: 'Value of host.id.', format: 'string', default: '', env: 'BEYLA_HOST_ID' },
  },
  metadata_retry: {
    timeout: {
      doc: 'Longest time to wait for the metadata of a cloud.',
      format: 'duration',
      default: '30s',
      env: 'OTEL_EBPF_METADATA_RETRY_TIMEOUT',
    },
    start_interval: {
      doc: 'First pause between two attempts.',
      format: 'duration',
      default: '500ms',
      env: 'OTEL_EBPF_METADATA_RETRY_START_INTERVAL',
    },
    max_interval: {
      doc: 'Longest pause between two attempts.',
      format: 'duration',
      default: '5s',
      env: 'OTEL_EBPF_METADATA_RETRY_MAX_INTERVAL',
    },
  },
  rename_unresolved_hosts: renamed("the service's own end", '', 'unresolved'),
  rename_unresolved_hosts_outgoing: renamed('the server that a service calls', '_OUTGOING', 'outgoing'),
  rename_unresolved_hosts_incoming: renamed('the client that calls a service', '_INCOMING', 'incoming'),
  metric_span_names_limit: {
    doc: 'Span names that a service may have in span metrics; further ones become AGGREGATED. 0 and below: no limit.',
    format: 'int',
    default: 100,
    env: 'BEYLA_METRIC_SPAN_NAMES_LIMIT',
  },
  extra_group_attributes: {
    doc: 'Further attributes of a group; the only group is k8s_app_meta.',
    format: 'listmap',
    default: {},
  },
  sensitive_query_params: {
    add: {
      doc: 'Query parameters whose values are hidden besides the built-in ones.',
      format: 'list',
      default: [],
      env: 'OTEL_EBPF_SENSITIVE_QUERY_PARAMS_ADD',
      live: true,
    },
    remove: {
      doc: 'Built-in query parameters whose values are shown after all.',
      format: 'list',
      default: [],
      env: 'OTEL_EBPF_SENSITIVE_QUERY_PARAMS_REMOVE',
      live: true,
    },
  },
  select: {
    doc: 'Which attributes a metric carries: metric name or glob to lists of attribute globs. Also: traces, resource.',
    format: 'objectmap',
    default: {},
    live: true,
    children: {
      include: { doc: 'Attributes to have.', format: 'list', default: undefined },
      exclude: { doc: 'Attributes not to have.', format: 'list', default: [] },
    },
  },
} as const satisfies Tree;

export type AttributesConfig = ValueOf<typeof attributes>;
/** `undefined` is not the same as an empty list for `include`: without it the defaults stay. */
export type AttributeSelection = AttributesConfig['select'][string];
