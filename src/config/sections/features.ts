import type { Items } from '../tree.ts';

/** Metric families that can be switched on. */
export const featureNames = {
  of: [
    'application',
    'application_span',
    'application_span_otel',
    'application_span_sizes',
    'application_service_graph',
    'application_host',
    'application_process',
    'application_runtime',
    'network',
    'network_flow_packets',
    'network_inter_zone',
    'stats',
    'stats_tcp_rtt',
    'stats_tcp_failed_connections',
    'stats_tcp_retransmits',
    'stats_tcp_io',
    'ebpf',
    'all',
    '*',
  ],
  unknown: 'refused',
} as const satisfies Items;

export type Feature = (typeof featureNames.of)[number];
