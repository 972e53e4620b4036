import type { ProcFs } from './proc-fs.ts';
import { tcpTable } from './tcp-table.ts';

/**
 * The listening TCP sockets of each network namespace, read once a namespace: one of these serves one scan or one event.
 * The kernel prints all listening sockets before the first connection, so the reading ends early on busy machines.
 */
export class Listeners {
  readonly #proc: ProcFs;
  readonly #byNamespace = new Map<number, ReadonlyMap<string, number>>();

  constructor(proc: ProcFs) {
    this.#proc = proc;
  }

  /** Ports on which the process can accept connections: it holds the listening socket, whoever created it. */
  portsOf(pid: number): Set<number> {
    const ports = new Set<number>();
    const listening = this.#ofNamespace(pid);
    if (listening.size === 0) return ports;
    for (const inode of this.#proc.sockets(pid)) {
      const port = listening.get(inode);
      if (port !== undefined) ports.add(port);
    }
    return ports;
  }

  #ofNamespace(pid: number): ReadonlyMap<string, number> {
    const namespace = this.#proc.namespace(pid, 'net');
    const known = namespace === undefined ? undefined : this.#byNamespace.get(namespace);
    if (known !== undefined) return known;
    const found = new Map([...this.#read(pid, 'net/tcp'), ...this.#read(pid, 'net/tcp6')]);
    if (namespace !== undefined) this.#byNamespace.set(namespace, found);
    return found;
  }

  *#read(pid: number, file: 'net/tcp' | 'net/tcp6'): Iterable<[string, number]> {
    for (const { inode, localPort, isListening } of tcpTable(this.#proc, pid, file)) {
      if (!isListening) return;
      yield [inode, localPort];
    }
  }
}
