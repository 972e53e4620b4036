import type { Tree, ValueOf } from '../tree.ts';

export const nameResolver = {
  sources: {
    doc: 'Who is asked for the name of an address: k8s, dns (reverse lookup), rdns (names seen in DNS replies).',
    format: 'list',
    items: { of: ['k8s', 'dns', 'rdns'], unknown: 'ignored', aliases: { kube: 'k8s', kubernetes: 'k8s' } },
    anyCase: true,
    default: ['k8s'],
    env: 'OTEL_EBPF_NAME_RESOLVER_SOURCES',
  },
  cache_len: {
    doc: 'Names that are remembered.',
    format: 'int',
    default: 1024,
    env: 'OTEL_EBPF_NAME_RESOLVER_CACHE_LEN',
  },
  cache_expiry: {
    doc: 'How long they are remembered.',
    format: 'duration',
    default: '5m',
    env: 'OTEL_EBPF_NAME_RESOLVER_CACHE_TTL',
  },
} as const satisfies Tree;

export type NameResolverConfig = ValueOf<typeof nameResolver>;
