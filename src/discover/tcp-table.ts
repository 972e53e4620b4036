import type { ProcFs } from './proc-fs.ts';

/** A socket as the kernel lists it. */
export interface TcpRow {
  readonly inode: string;
  readonly localPort: number;
  readonly remotePort: number;
  readonly isListening: boolean;
}

/** Value of the state column: TCP_LISTEN of include/net/tcp_states.h. */
const LISTEN = '0A';

/**
 * The TCP sockets of a process's network namespace, one by one; all listening ones of IPv4, then its connections, then the same of IPv6.
 * Columns: https://docs.kernel.org/networking/proc_net_tcp.html
 */
export function* tcpTable(proc: ProcFs, pid: number, file: 'net/tcp' | 'net/tcp6'): Iterable<TcpRow> {
  for (const line of proc.lines(pid, file)) {
    const [, local, remote, state, , , , , , inode] = line.trim().split(/\s+/);
    if (state === undefined || local === undefined || remote === undefined || inode === undefined) continue;
    if (!/^[0-9A-F]{2}$/.test(state)) continue;
    yield { inode, localPort: portOf(local), remotePort: portOf(remote), isListening: state === LISTEN };
  }
}

function portOf(address: string): number {
  return Number.parseInt(address.slice(address.lastIndexOf(':') + 1), 16);
}
