import type { Tree, ValueOf } from '../tree.ts';

export const grafana = {
  otlp: {
    cloud_submit: {
      doc: 'Signals that go to Grafana Cloud.',
      format: 'list',
      items: { of: ['metrics', 'traces'], unknown: 'ignored' },
      anyCase: true,
      default: ['traces'],
      env: 'GRAFANA_CLOUD_SUBMIT',
    },
    cloud_zone: {
      doc: 'Zone of the gateway; any OTLP endpoint is stronger.',
      format: 'string',
      default: '',
      env: 'GRAFANA_CLOUD_ZONE',
    },
    cloud_instance_id: {
      doc: 'User name at the gateway.',
      format: 'string',
      default: '',
      env: 'GRAFANA_CLOUD_INSTANCE_ID',
    },
    cloud_api_key: {
      doc: 'Password at the gateway.',
      format: 'string',
      default: '',
      env: 'GRAFANA_CLOUD_API_KEY',
      sensitive: true,
    },
  },
} as const satisfies Tree;

export type GrafanaConfig = ValueOf<typeof grafana>;
