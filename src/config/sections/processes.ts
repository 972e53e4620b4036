import type { Tree, ValueOf } from '../tree.ts';

export const processes = {
  interval: {
    doc: 'How often processes are measured, for the feature application_process.',
    format: 'duration',
    default: '5s',
    env: 'BEYLA_PROCESSES_INTERVAL',
  },
  runmode: {
    doc: 'Whether what only root may read is measured too.',
    format: ['privileged', 'unprivileged'],
    otherwise: 'privileged',
    default: 'privileged',
  },
} as const satisfies Tree;

export const topology = {
  spans: {
    doc: 'Further spans: inter_cluster for calls that leave the cluster.',
    format: 'list',
    items: { of: ['inter_cluster'], unknown: 'ignored' },
    default: [],
    env: 'BEYLA_TOPOLOGY_SPANS',
  },
} as const satisfies Tree;

export type ProcessesConfig = ValueOf<typeof processes>;
export type TopologyConfig = ValueOf<typeof topology>;
