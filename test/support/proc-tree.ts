import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakeProcess {
  readonly pid: number;
  readonly parent?: number;
  readonly name?: string;
  /** Left out: cannot be read. */
  readonly exe?: string;
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** TCP ports it listens on. */
  readonly ports?: readonly number[];
  /** Inodes of listening sockets that other processes made. */
  readonly sockets?: readonly number[];
  readonly startTicks?: number;
  readonly netNamespace?: number;
  readonly cgroup?: string;
  readonly maps?: readonly string[];
  readonly state?: string;
  readonly isKernelThread?: boolean;
  /** It is on its way out, but can still be read. */
  readonly isExiting?: boolean;
  readonly threads?: number;
}

/** Thousands of small files: in memory where that is possible. */
const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export const hostNetwork = 4026531833;
const firstPidNamespace = 4026531836;

/** A folder that looks like /proc. */
export class ProcTree {
  readonly root = mkdtempSync(join(base, 'proc-tree-'));
  readonly #listening = new Map<number, Map<number, number>>();
  readonly #networks = new Map<number, string>();
  #inode = 10_000;

  constructor({ agentPid = 1_000_000, pidNamespace = firstPidNamespace } = {}) {
    this.add({ pid: 1, parent: 0, name: 'init', exe: '/sbin/init' }, pidNamespace);
    this.add({ pid: agentPid, name: 'beyla', exe: '/usr/bin/node' }, pidNamespace);
    symlinkSync(`${agentPid}`, join(this.root, 'self'));
    // Not a process: what is found beside them in a real one.
    writeFileSync(join(this.root, 'uptime'), '1000.00 900.00\n');
  }

  add(process: FakeProcess, pidNamespace = firstPidNamespace): void {
    const { pid, parent = 1, name = 'program', startTicks = 5000, state = 'S', threads = 1 } = process;
    const network = process.netNamespace ?? hostNetwork;
    const folder = join(this.root, `${pid}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, 'ns'), { recursive: true });
    mkdirSync(join(folder, 'fd'));
    const flags = (process.isKernelThread === true ? 0x00208040 : 0x00400000) | (process.isExiting === true ? 4 : 0);
    const before = `${state} ${parent} ${pid} ${pid} 0 -1 ${flags} 0 0 0 0 0 0 0 0 20 0 ${threads} 0 ${startTicks}`;
    writeFileSync(join(folder, 'stat'), `${pid} (${name}) ${before} 1000000 100 18446744073709551615\n`);
    if (process.exe !== undefined) symlinkSync(process.exe, join(folder, 'exe'));
    const command = process.command ?? (process.exe === undefined ? [] : [process.exe]);
    writeFileSync(join(folder, 'cmdline'), command.map((word) => `${word}\0`).join(''));
    const env = Object.entries({ PATH: '/bin', ...process.env });
    writeFileSync(join(folder, 'environ'), env.map(([key, value]) => `${key}=${value}\0`).join(''));
    writeFileSync(join(folder, 'cgroup'), process.cgroup ?? '0::/\n');
    writeFileSync(join(folder, 'maps'), mapsText(process.maps ?? [process.exe ?? '']));
    symlinkSync(`net:[${network}]`, join(folder, 'ns/net'));
    symlinkSync(`pid:[${pidNamespace}]`, join(folder, 'ns/pid'));
    symlinkSync(this.#networks.get(network) ?? this.#network(network), join(folder, 'net'));
    symlinkSync('/dev/null', join(folder, 'fd/0'));
    for (const socket of process.sockets ?? []) this.#hold(pid, socket);
    if (process.ports !== undefined) this.#open(pid, process.ports, network);
  }

  /** Returns the inode of the new listening socket. */
  listen(pid: number, port: number, network = hostNetwork): number {
    this.#open(pid, [port], network);
    return this.#inode - 1;
  }

  #open(pid: number, ports: readonly number[], network: number): void {
    const table = this.#listening.get(network) ?? new Map<number, number>();
    this.#listening.set(network, table);
    for (const port of ports) {
      table.set(this.#inode, port);
      this.#hold(pid, this.#inode++);
    }
    this.#network(network);
  }

  remove(pid: number): void {
    rmSync(join(this.root, `${pid}`), { recursive: true });
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  #hold(pid: number, inode: number): void {
    symlinkSync(`socket:[${inode}]`, join(this.root, `${pid}/fd/${inode}`));
  }

  /** One folder for all processes of a namespace; half of its listeners are IPv6 ones. */
  #network(network: number): string {
    const folder = join(this.root, `net-${network}`);
    mkdirSync(folder, { recursive: true });
    this.#networks.set(network, folder);
    const sockets = [...(this.#listening.get(network) ?? [])];
    const header = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
    const v4 = sockets.filter(([inode]) => inode % 2 === 0).map(([inode, port]) => line('0100007F', port, '0A', inode));
    const v6 = sockets
      .filter(([inode]) => inode % 2 === 1)
      .map(([inode, port]) => line('0'.repeat(32), port, '0A', inode));
    writeFileSync(join(folder, 'tcp'), header + v4.join('') + line('0100007F', 45678, '01', 9, 80));
    writeFileSync(join(folder, 'tcp6'), header + v6.join(''));
    return folder;
  }
}

function line(address: string, port: number, state: string, inode: number, remotePort = 0): string {
  const hex = (number: number) => number.toString(16).toUpperCase().padStart(4, '0');
  const local = `${address}:${hex(port)}`;
  const remote = `${'0'.repeat(address.length)}:${hex(remotePort)}`;
  return `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 100 0 0 10 0\n`;
}

function mapsText(files: readonly string[]): string {
  return files
    .map(
      (file, i) =>
        `7f00${i.toString(16).padStart(8, '0')}-7f00ffffffff r-xp 00000000 fd:01 ${i + 100}         ${file}\n`,
    )
    .join('');
}
