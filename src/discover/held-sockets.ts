import type { ProcFs } from './proc-fs.ts';
import type { Process } from './process.ts';
import { type TcpRow, tcpTable } from './tcp-table.ts';

/** A TCP socket and a process that holds it. */
export interface HeldSocket {
  readonly hostPid: number;
  /** Inode of the network namespace. */
  readonly namespace: number;
  readonly localPort: number;
  /** 0 when it listens. */
  readonly remotePort: number;
}

/** Every TCP socket that these processes hold. The table of a network namespace is read once, and to its end. */
export function* heldSockets(
  proc: ProcFs,
  processes: Iterable<Pick<Process, 'pid' | 'hostPid'>>,
): Iterable<HeldSocket> {
  const tables = new Map<number, ReadonlyMap<string, TcpRow>>();
  for (const { pid, hostPid } of processes) {
    const namespace = proc.namespace(pid, 'net');
    if (namespace === undefined) continue;
    const table = tables.get(namespace) ?? tableOf(proc, pid);
    tables.set(namespace, table);
    for (const inode of proc.sockets(pid)) {
      const row = table.get(inode);
      if (row === undefined) continue;
      const { localPort, remotePort, isListening } = row;
      yield { hostPid, namespace, localPort, remotePort: isListening ? 0 : remotePort };
    }
  }
}

function tableOf(proc: ProcFs, pid: number): ReadonlyMap<string, TcpRow> {
  const rows = [...tcpTable(proc, pid, 'net/tcp'), ...tcpTable(proc, pid, 'net/tcp6')];
  return new Map(rows.map((row) => [row.inode, row]));
}
