import { TlsCall } from '../kernel/abi.gen.ts';
import { tableProbes } from './c-functions.ts';
import type { ProbeFamily } from './probe-family.ts';
import { tlsCall } from './tls-call.ts';

const table = [
  tlsCall('mono_btls_ssl_read', TlsCall.read, 3),
  tlsCall('mono_btls_ssl_write', TlsCall.write, 3),
  tlsCall('mono_btls_ssl_handshake', TlsCall.handshake, 1),
  tlsCall('mono_btls_ssl_destroy', TlsCall.free, 1),
];

/** What Mono shows of the BoringSSL that it hides: https://github.com/mono/mono/tree/main/mono/btls */
export const monoBtls: ProbeFamily = {
  name: 'Mono BTLS',
  symbols: table.map(({ symbol }) => symbol),
  find: (binary, found) => tableProbes(binary, table, found),
};
