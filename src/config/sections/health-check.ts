import type { Tree, ValueOf } from '../tree.ts';

export const healthCheck = {
  port: {
    doc: 'Port of /healthz; 0 switches it off.',
    format: 'int',
    range: [0, 65535],
    default: 0,
    env: 'OTEL_EBPF_HEALTH_CHECK_PORT',
  },
  listen_address: {
    doc: 'Address of /healthz.',
    format: 'string',
    default: '127.0.0.1',
    env: 'OTEL_EBPF_HEALTH_CHECK_LISTEN_ADDRESS',
  },
  unix_socket_path: {
    doc: 'Socket of /healthz instead of a port; @name for an abstract one.',
    format: 'string',
    default: '',
    env: 'OTEL_EBPF_HEALTH_CHECK_UNIX_SOCKET_PATH',
  },
} as const satisfies Tree;

export type HealthCheckConfig = ValueOf<typeof healthCheck>;
