import type { ProcFs } from './proc-fs.ts';

/** Value of the state column: TCP_LISTEN of include/net/tcp_states.h. */
const LISTEN = '0A';

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

  /** Columns: https://docs.kernel.org/networking/proc_net_tcp.html */
  *#read(pid: number, file: string): Iterable<[string, number]> {
    for (const line of this.#proc.lines(pid, file)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === undefined || local === undefined || inode === undefined || !/^[0-9A-F]{2}$/.test(state)) continue;
      if (state !== LISTEN) return;
      yield [inode, Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16)];
    }
  }
}
