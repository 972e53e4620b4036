import type { Tree, ValueOf } from '../tree.ts';
import { addressFacts, agentAddress } from './agent-address.ts';

export const network = {
  enable: {
    doc: 'Reports network flows.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_NETWORK_METRICS',
    deprecated: 'metrics.features: [network]',
  },
  print_flows: {
    doc: 'Prints every flow to standard output.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_NETWORK_PRINT_FLOWS',
  },
  source: {
    doc: 'Where flows are watched.',
    format: ['socket_filter', 'tc'],
    default: 'socket_filter',
    env: 'OTEL_EBPF_NETWORK_SOURCE',
  },
  cidrs: {
    doc: 'Networks, each a CIDR or {cidr, name}; the narrowest match is reported.',
    format: 'cidrs',
    default: [],
    env: 'OTEL_EBPF_NETWORK_CIDRS',
  },
  interfaces: {
    doc: 'Interfaces to watch: names or /regular expressions/; none means all.',
    format: 'list',
    default: [],
    env: 'OTEL_EBPF_NETWORK_INTERFACES',
  },
  exclude_interfaces: {
    doc: 'Interfaces to leave out.',
    format: 'list',
    default: ['lo'],
    env: 'OTEL_EBPF_NETWORK_EXCLUDE_INTERFACES',
  },
  protocols: {
    doc: 'IP protocols to watch; none means all.',
    format: 'list',
    default: [],
    env: 'OTEL_EBPF_NETWORK_PROTOCOLS',
  },
  exclude_protocols: {
    doc: 'IP protocols to leave out, when protocols is not set.',
    format: 'list',
    default: [],
    env: 'OTEL_EBPF_NETWORK_EXCLUDE_PROTOCOLS',
  },
  cache_max_flows: {
    doc: 'Flows gathered before they are reported early.',
    format: 'int',
    default: 5000,
    env: 'OTEL_EBPF_NETWORK_CACHE_MAX_FLOWS',
  },
  cache_active_timeout: {
    doc: 'How often flows are reported.',
    format: 'duration',
    default: '5s',
    env: 'OTEL_EBPF_NETWORK_CACHE_ACTIVE_TIMEOUT',
  },
  direction: {
    doc: 'Which packets count.',
    format: ['both', 'ingress', 'egress'],
    otherwise: 'both',
    default: 'both',
    env: 'OTEL_EBPF_NETWORK_DIRECTION',
  },
  sampling: {
    doc: 'One of so many packets counts; 0 and 1 mean all.',
    format: 'int',
    default: 0,
    env: 'OTEL_EBPF_NETWORK_SAMPLING',
  },
  deduper: {
    doc: 'Whether a flow seen on several interfaces counts once.',
    format: ['first_come', 'none'],
    otherwise: 'first_come',
    default: 'first_come',
    env: 'OTEL_EBPF_NETWORK_DEDUPER',
  },
  deduper_fc_ttl: {
    doc: 'How long the first interface of a flow is remembered; 0 means twice cache_active_timeout.',
    format: 'duration',
    default: '0s',
    env: 'OTEL_EBPF_NETWORK_DEDUPER_FC_TTL',
  },
  ...agentAddress('OTEL_EBPF_NETWORK'),
  guess_ports: {
    doc: 'Takes the lower port for the server when the start of a connection was missed.',
    format: ['disable', 'ordinal'],
    otherwise: 'disable',
    default: 'disable',
    env: 'OTEL_EBPF_NETWORK_GUESS_PORTS',
  },
  listen_interfaces: {
    doc: 'How new interfaces are noticed.',
    format: ['watch', 'poll'],
    otherwise: 'watch',
    default: 'watch',
    env: 'OTEL_EBPF_NETWORK_LISTEN_INTERFACES',
  },
  listen_poll_period: {
    doc: 'How often, for poll.',
    format: 'duration',
    default: '10s',
    env: 'OTEL_EBPF_NETWORK_LISTEN_POLL_PERIOD',
  },
  ...addressFacts,
} as const satisfies Tree;

export type NetworkConfig = ValueOf<typeof network>;
