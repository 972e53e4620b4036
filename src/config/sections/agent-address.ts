import type { Tree } from '../tree.ts';

/** The address that flows and statistics report for this agent; the same keys in two sections. */
export function agentAddress<P extends string>(prefix: P) {
  return {
    agent_ip: {
      doc: 'Address of this agent; stronger than the next two.',
      format: 'string',
      default: '',
      env: `${prefix}_AGENT_IP`,
    },
    agent_ip_iface: {
      doc: 'Interface whose address is used: external, local or name:IFACE.',
      format: 'string',
      default: 'external',
      env: `${prefix}_AGENT_IP_IFACE`,
    },
    agent_ip_type: {
      doc: 'Kind of that address.',
      format: ['any', 'ipv4', 'ipv6'],
      default: 'any',
      otherwise: 'any',
      env: `${prefix}_AGENT_IP_TYPE`,
    },
  } as const satisfies Tree;
}

function twice(name: string) {
  return [`OTEL_EBPF_${name}`, name] as const;
}

/** Names and places of addresses; the same keys and variables in two sections. */
export const addressFacts = {
  reverse_dns: {
    type: {
      doc: 'Who is asked for the name of an address: nobody, the resolver, or the DNS replies seen.',
      format: ['none', 'local', 'ebpf'],
      default: 'none',
      otherwise: 'none',
      env: twice('REVERSE_DNS_TYPE'),
      expands: true,
    },
    cache_len: {
      doc: 'Names that are remembered.',
      format: 'int',
      default: 256,
      env: twice('REVERSE_DNS_CACHE_LEN'),
      expands: true,
    },
    cache_expiry: {
      doc: 'How long they are remembered.',
      format: 'duration',
      default: '1h',
      env: twice('REVERSE_DNS_CACHE_TTL'),
      expands: true,
    },
  },
  geo_ip: {
    ipinfo: {
      path: {
        doc: 'Database file of IPInfo.',
        format: 'string',
        default: '',
        env: twice('GEOIP_IPINFO_PATH'),
        expands: true,
      },
    },
    maxmind: {
      country_path: {
        doc: 'Country database file of MaxMind.',
        format: 'string',
        default: '',
        env: twice('GEOIP_MAXMIND_COUNTRY_PATH'),
        expands: true,
      },
      asn_path: {
        doc: 'Network database file of MaxMind.',
        format: 'string',
        default: '',
        env: twice('GEOIP_MAXMIND_ASN_PATH'),
        expands: true,
      },
    },
    cache_len: {
      doc: 'Places that are remembered.',
      format: 'int',
      default: 512,
      env: twice('GEOIP_CACHE_LEN'),
      expands: true,
    },
    cache_expiry: {
      doc: 'How long they are remembered.',
      format: 'duration',
      default: '1h',
      env: twice('GEOIP_CACHE_TTL'),
      expands: true,
    },
  },
} as const satisfies Tree;
