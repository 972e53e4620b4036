import type { Tree, ValueOf } from '../tree.ts';
import { addressFacts, agentAddress } from './agent-address.ts';

export const stats = {
  print_stats: {
    doc: 'Prints TCP statistics to standard output.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_STATS_PRINT_STATS',
  },
  ...agentAddress('OTEL_EBPF_STATS'),
  cidrs: {
    doc: 'Networks, each a CIDR or {cidr, name}; the narrowest match is reported.',
    format: 'cidrs',
    default: [],
    env: 'OTEL_EBPF_STATS_CIDRS',
  },
  ...addressFacts,
} as const satisfies Tree;

export type StatsConfig = ValueOf<typeof stats>;
