import type { Tree, ValueOf } from '../tree.ts';
import { globSelectors } from './selectors.ts';

function signal(name: string, initial: boolean) {
  return {
    doc: `Whether injected SDKs export ${name}.`,
    format: 'boolean',
    default: initial,
    env: `BEYLA_SDK_EXPORT_${name.toUpperCase()}`,
  } as const;
}

function flag(doc: string, env: string) {
  return { doc, format: 'boolean', default: false, env } as const;
}

/** SDKs put into programs by a Kubernetes webhook. */
export const injector = {
  instrument: globSelectors('Programs that get an SDK.', []),
  exclude_instrument: globSelectors('Programs that get none.', []),
  webhook: {
    external_deployment_name: {
      doc: 'Deployment of the webhook; switches the section on.',
      format: 'string',
      default: '',
      env: 'BEYLA_EXTERNAL_WEBHOOK_DEPLOYMENT_NAME',
    },
  },
  image_version: { doc: 'Version of the image with the SDKs.', format: 'string', default: '' },
  exporter_otlp_endpoint: { doc: 'Receiver of the SDKs.', format: 'string', default: '' },
  exporter_otlp_protocol: { doc: 'Protocol of the SDKs.', format: 'string', default: '' },
  trace_sampler: {
    name: { doc: 'Sampler of the SDKs.', format: 'string', default: '' },
    arg: { doc: 'Argument of that sampler.', format: 'string', default: '' },
  },
  trace_propagators: {
    doc: 'Propagators of the SDKs.',
    format: 'list',
    items: { of: ['tracecontext', 'baggage', 'b3', 'b3multi', 'jaeger', 'xray'], unknown: 'ignored' },
    default: [],
  },
  otel_exported_signals: {
    traces: signal('traces', true),
    metrics: signal('metrics', true),
    logs: signal('logs', false),
  },
  resources: {
    attributes: {
      doc: 'Further resource attributes.',
      format: 'map',
      default: {},
      env: 'BEYLA_RESOURCE_ATTRIBUTES',
    },
    add_k8s_uid_attributes: flag('Adds Kubernetes ids.', 'BEYLA_RESOURCE_ADD_K8S_UID_ATTRIBUTES'),
    add_k8s_ip_attribute: flag('Adds the address of the pod.', 'BEYLA_RESOURCE_ADD_K8S_IP_ATTRIBUTE'),
    use_k8s_labels_for_resource_attributes: flag(
      'Reads pod labels.',
      'BEYLA_RESOURCE_USE_LABELS_FOR_RESOURCE_ATTRIBUTES',
    ),
  },
  enabled_sdks: {
    doc: 'Languages whose programs get an SDK.',
    format: 'list',
    items: {
      of: ['java', 'dotnet', 'nodejs', 'python', 'go', 'ruby', 'rust', 'php', 'generic'],
      unknown: 'ignored',
      aliases: { golang: 'go' },
    },
    default: ['java', 'dotnet', 'nodejs', 'python'],
  },
} as const satisfies Tree;

export type InjectorConfig = ValueOf<typeof injector>;
