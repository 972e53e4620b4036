import type { Tree, ValueOf } from '../tree.ts';

function sourceLabel(what: string, variable: string) {
  return {
    doc: `Pod label that holds the ${what}.`,
    format: 'string',
    default: '',
    env: `OTEL_EBPF_KUBE_META_SOURCE_LABEL_SERVICE_${variable}`,
    deprecated: 'attributes.kubernetes.resource_labels',
  } as const;
}

export const kubernetes = {
  enable: {
    doc: 'Adds what Kubernetes knows about a process; autodetect does when a cluster can be reached.',
    format: ['autodetect', 'true', 'false'],
    anyCase: true,
    otherwise: 'false',
    default: 'autodetect',
    env: 'OTEL_EBPF_KUBE_METADATA_ENABLE',
  },
  cluster_name: {
    doc: 'Value of k8s.cluster.name.',
    format: 'string',
    default: '',
    env: 'OTEL_EBPF_KUBE_CLUSTER_NAME',
  },
  kubeconfig_path: {
    doc: 'Credentials of the cluster; without it those of the home directory, then those of the pod.',
    format: 'string',
    default: '',
    env: 'KUBECONFIG',
  },
  informers_sync_timeout: {
    doc: 'Longest wait for complete metadata at the start; above 0.',
    format: 'duration',
    default: '30s',
    env: 'OTEL_EBPF_KUBE_INFORMERS_SYNC_TIMEOUT',
  },
  informers_resync_period: {
    doc: 'How often all metadata is read again.',
    format: 'duration',
    default: '30m',
    env: 'OTEL_EBPF_KUBE_INFORMERS_RESYNC_PERIOD',
  },
  reconnect_initial_interval: {
    doc: 'First pause before a lost connection to the cluster is tried again.',
    format: 'duration',
    default: '5s',
    env: 'OTEL_EBPF_KUBE_RECONNECT_INITIAL_INTERVAL',
  },
  disable_informers: {
    doc: 'Kinds of objects that are not watched.',
    format: 'list',
    items: { of: ['node', 'service'], unknown: 'ignored' },
    anyCase: true,
    default: [],
    env: 'OTEL_EBPF_KUBE_DISABLE_INFORMERS',
  },
  meta_restrict_local_node: {
    doc: 'Keeps only the pods of this node.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_KUBE_META_RESTRICT_LOCAL_NODE',
  },
  meta_cache_address: {
    doc: 'Address of a cache service to ask instead of the cluster.',
    format: 'string',
    default: '',
    env: 'OTEL_EBPF_KUBE_META_CACHE_ADDRESS',
  },
  drop_external: {
    doc: 'Drops network flows unless both ends are known to Kubernetes.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_NETWORK_DROP_EXTERNAL',
  },
  resource_labels: {
    doc: 'Pod labels that are read for a resource attribute; the first one present wins.',
    format: 'listmap',
    default: {
      'service.name': ['app.kubernetes.io/instance', 'app.kubernetes.io/name'],
      'service.namespace': ['app.kubernetes.io/part-of'],
      'service.version': ['app.kubernetes.io/version'],
    },
  },
  meta_source_labels: {
    service_name: sourceLabel('name of the service', 'NAME'),
    service_namespace: sourceLabel('namespace of the service', 'NAMESPACE'),
  },
  service_name_template: {
    doc: 'Template that makes the name of a service from its metadata.',
    format: 'string',
    default: '',
    env: 'OTEL_EBPF_SERVICE_NAME_TEMPLATE',
  },
} as const satisfies Tree;

export type KubernetesConfig = ValueOf<typeof kubernetes>;
