import { TlsCall } from '../kernel/abi.gen.ts';
import { tableProbes } from './c-functions.ts';
import type { ProbeFamily } from './probe-family.ts';
import { tlsCall } from './tls-call.ts';

/** (session, buffer, bytes): the number of bytes is what they return. */
const table = [
  tlsCall('gnutls_record_recv', TlsCall.read, 3),
  tlsCall('gnutls_record_send', TlsCall.write, 3),
  { ...tlsCall('gnutls_record_recv_seq', TlsCall.read, 3), isOptional: true as const },
  { ...tlsCall('gnutls_record_send2', TlsCall.write, 3), isOptional: true as const },
  tlsCall('gnutls_handshake', TlsCall.handshake, 1),
  tlsCall('gnutls_deinit', TlsCall.free, 1),
];

/** GnuTLS: https://www.gnutls.org/reference/gnutls-gnutls.html */
export const gnutls: ProbeFamily = {
  name: 'GnuTLS',
  symbols: table.map(({ symbol }) => symbol),
  find: (binary, found) => tableProbes(binary, table, found),
};
