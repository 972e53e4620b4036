import { containerIdOf } from './container.ts';
import { type OtelEnvironment, otelVariables } from './environment.ts';
import { Listeners } from './listeners.ts';
import type { ProcFs, ProcStat } from './proc-fs.ts';

/** Stands for the path of an executable that could not be read. */
export const unknownExe = 'unknown';

export interface ProcessId {
  /** In the namespace of pids that the proc file system shows. */
  readonly pid: number;
  /** In the first namespace of pids: what the kernel programs know the process by. */
  readonly hostPid: number;
  readonly parent: number;
  readonly startTicks: number;
  /** The kernel's name of it. */
  readonly name: string;
}

/**
 * What is known of one process between two calls of execve. Every fact is read when it is first asked for and kept: most
 * processes are refused by the first criterion, and their other facts are never looked at.
 */
export class Process implements ProcessId {
  readonly pid: number;
  readonly hostPid: number;
  readonly parent: number;
  readonly startTicks: number;
  readonly name: string;
  readonly #proc: ProcFs;
  #listeners: Listeners | undefined;
  #facts: Partial<Facts> = {};
  #heard = new Set<number>();

  constructor(proc: ProcFs, id: ProcessId, listeners?: Listeners) {
    this.pid = id.pid;
    this.hostPid = id.hostPid;
    this.parent = id.parent;
    this.startTicks = id.startTicks;
    this.name = id.name;
    this.#proc = proc;
    this.#listeners = listeners;
  }

  /** A copy of itself under another pid: nothing has to be read again until it executes something. */
  forked(id: ProcessId): Process {
    const child = new Process(this.#proc, id);
    child.#facts = { ...this.#facts };
    child.#heard = new Set(this.#heard);
    if (child.#facts.ports !== undefined) child.#facts.ports = new Set(child.#facts.ports);
    return child;
  }

  get exe(): string {
    this.#facts.exe ??= this.#proc.exe(this.pid) ?? unknownExe;
    return this.#facts.exe;
  }

  /** Last part of the executable's path, or the kernel's name of the process when that cannot be read. */
  get exeName(): string {
    return this.exe === unknownExe ? this.name : this.exe.slice(this.exe.lastIndexOf('/') + 1);
  }

  get command(): readonly string[] {
    this.#facts.command ??= this.#proc.cmdline(this.pid);
    return this.#facts.command;
  }

  get environment(): OtelEnvironment {
    this.#facts.environment ??= otelVariables(this.#proc.environ(this.pid));
    return this.#facts.environment;
  }

  /** Empty outside containers. */
  get containerId(): string {
    this.#facts.containerId ??= containerIdOf(this.#proc.cgroup(this.pid));
    return this.#facts.containerId;
  }

  /** 0 when it may not be seen. */
  get netNamespace(): number {
    this.#facts.netNamespace ??= this.#proc.namespace(this.pid, 'net') ?? 0;
    return this.#facts.netNamespace;
  }

  /** TCP ports on which it accepts connections. */
  get ports(): ReadonlySet<number> {
    this.#facts.ports ??= new Set([
      ...(this.#listeners ?? new Listeners(this.#proc)).portsOf(this.pid),
      ...this.#heard,
    ]);
    this.#listeners = undefined;
    return this.#facts.ports;
  }

  /** Ports that an event told of: known without looking at the process's files. */
  get heardPorts(): ReadonlySet<number> {
    return this.#heard;
  }

  listensOn(port: number): void {
    if (port === 0) this.forgetPorts();
    else this.#heard.add(port);
    this.#facts.ports?.add(port);
  }

  /** They are read again when next asked for. */
  forgetPorts(): void {
    this.#facts.ports = undefined;
    this.#listeners = undefined;
  }

  /** The scan that shared its table of listeners is over: what is read later has to be read anew. */
  leaveScan(): void {
    this.#listeners = undefined;
  }

  /** Whether the other look at the same pid found the same program running. */
  isSameImage(other: Process): boolean {
    return this.startTicks === other.startTicks && this.exe === other.exe;
  }
}

interface Facts {
  exe: string;
  command: readonly string[];
  environment: OtelEnvironment;
  containerId: string;
  netNamespace: number;
  ports: Set<number> | undefined;
}

/** Undefined when it is gone, a zombie or a thread of the kernel. */
export function readProcess(proc: ProcFs, pid: number, hostPid = pid, listeners?: Listeners): Process | undefined {
  const stat = proc.stat(pid);
  return stat === undefined || stat.isKernelThread ? undefined : processOf(proc, pid, hostPid, stat, listeners);
}

function processOf(proc: ProcFs, pid: number, hostPid: number, stat: ProcStat, listeners?: Listeners): Process {
  const { name, parent, startTicks } = stat;
  return new Process(proc, { pid, hostPid, parent, startTicks, name }, listeners);
}
