import { type OldName, prefixed } from './old-name.ts';

export const metadata: readonly OldName[] = [
  prefixed('KUBE_METADATA_ENABLE', 'attributes.kubernetes.enable', '0.0.4 to 0.3'),
  prefixed('KUBE_INFORMERS_SYNC_TIMEOUT', 'attributes.kubernetes.informers_sync_timeout', '0.0.4 to 0.3'),
  {
    variables: ['KUBE_METADATA_KUBECONFIG_PATH', 'BEYLA_KUBE_METADATA_KUBECONFIG_PATH'],
    valid: '0.0.4 to 1.0',
    today: 'KUBECONFIG',
    to: ['attributes.kubernetes.kubeconfig_path'],
  },
  {
    keys: ['attributes.instance_id.override_instance_id', 'attributes.instance_id.internal_cache_len'],
    variables: ['BEYLA_INSTANCE_ID'],
    valid: '0.4.1 to 1.8',
    today: 'attributes.instance_id.override_hostname',
  },
  {
    keys: ['attributes.host_id.fetch_timeout'],
    variables: ['BEYLA_HOST_ID_FETCH_TIMEOUT'],
    valid: '1.7 to 3.2',
    today: 'attributes.metadata_retry.timeout',
    to: ['attributes.metadata_retry.timeout'],
  },
  {
    keys: [
      'attributes.drop_metric_unresolved_ips',
      'otel_metrics_export.drop_metric_unresolved_ips',
      'prometheus_export.drop_metric_unresolved_ips',
    ],
    valid: '2.6',
    today: 'attributes.rename_unresolved_hosts',
  },
  {
    keys: ['network.allowed_attributes'],
    variables: ['BEYLA_NETWORK_ALLOWED_ATTRIBUTES'],
    valid: '1.4 to 1.5',
    today: 'attributes.select.beyla_network_flow_bytes.include',
    format: 'list',
    becomes: (written) => ({ 'attributes.select': { beyla_network_flow_bytes: { include: written } } }),
  },
  {
    keys: ['network.deduper_fc_expiry'],
    valid: '1.4',
    today: 'network.deduper_fc_ttl',
    to: ['network.deduper_fc_ttl'],
  },
];
