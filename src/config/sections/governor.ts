import type { Tree, ValueOf } from '../tree.ts';

export const governor = {
  enabled: {
    doc: 'Tells less of a service on whose behalf the agent and its kernel programs take too much CPU.',
    format: 'boolean',
    default: true,
    env: 'BEYLA_GOVERNOR_ENABLED',
    ours: true,
  },
  cpu_budget: {
    doc: 'CPUs that a service may cost, all of its processes together: 0.5 is half a CPU.',
    format: 'float',
    default: 1,
    env: 'BEYLA_GOVERNOR_CPU_BUDGET',
    ours: true,
  },
  patience: {
    doc: 'How long a service is above its budget before some of its spans are left out, then all, and at twice the budget its probes, then the service.',
    format: 'duration',
    default: '30s',
    env: 'BEYLA_GOVERNOR_PATIENCE',
    ours: true,
  },
  interval: {
    doc: 'How often the cost is looked at.',
    format: 'duration',
    default: '1s',
    env: 'BEYLA_GOVERNOR_INTERVAL',
    ours: true,
  },
} as const satisfies Tree;

export type GovernorConfig = ValueOf<typeof governor>;
