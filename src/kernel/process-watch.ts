import { statSync } from 'node:fs';
import type { EventSource, ProcessEvent, TargetMap, Wanted } from '../discover/events.ts';
import { AgentError } from '../lib/agent-error.ts';
import { startAfter } from '../lib/record-start.ts';
import {
  Counter,
  ProcessEvent as Layout,
  ProcessKind,
  ProcessPids,
  ProcessWatch,
  Target,
  TargetFlag,
  TargetLimit,
  WatchFlag,
} from './abi.gen.ts';
import { type Addon, type BpfObject, builtFile, type Ring } from './addon.ts';
import { readCounter } from './counters.ts';
import { u32, u64 } from './map-bytes.ts';
import { causeOf, detailOf } from './refusal.ts';
import { type SharedMaps, sharedMaps } from './shared-maps.ts';

const kinds = new Map<number, ProcessEvent['kind']>(
  Object.entries(ProcessKind).map(([name, kind]) => [kind, name as ProcessEvent['kind']]),
);
/** /proc/PID/stat counts in USER_HZ, which Linux fixes at 100: include/asm-generic/param.h. */
const nsPerTick = 10_000_000n;

/** The programs that tell of processes and the maps that say which are captured: the kernel side of discovery. */
export class ProcessWatcher implements EventSource, TargetMap {
  readonly object: BpfObject;
  readonly #addon: Addon;
  readonly #agentPid: number;
  readonly #pidNamespace: number;
  #ring: Ring | undefined;
  #epoch = 0;

  /**
   * `agentPid`: neither it nor its children are ever captured. `pidNamespace`: the one whose numbers events shall carry;
   * that of the proc file system which user space reads.
   */
  constructor(addon: Addon, agentPid: number, pidNamespace = statSync('/proc/self/ns/pid').ino) {
    this.#addon = addon;
    this.#agentPid = agentPid;
    this.#pidNamespace = pidNamespace;
    this.object = loaded(addon);
  }

  get shared(): SharedMaps {
    return sharedMaps(this.object);
  }

  start(onEvents: (events: readonly ProcessEvent[]) => void): void {
    this.#ring = this.#addon.openRing(this.object.map('process_events'), (bytes, ends, count) => {
      const events: ProcessEvent[] = [];
      for (let i = 0, at = 0; i < count; at = startAfter(ends[i] ?? 0), i++) {
        const event = eventAt(bytes, at);
        if (event !== undefined) events.push(event);
      }
      onEvents(events);
    });
    for (const program of this.object.programs()) if (program !== 'list_processes') this.object.attach(program);
  }

  /** Hands over what waits: before the records of a process are decoded, it must be known. */
  poll(): void {
    this.#ring?.consume();
  }

  stop(): void {
    this.#ring?.close();
    this.object.close();
  }

  lost(): number {
    return readCounter(this.object.map('counters'), Counter.lostProcessEvent);
  }

  hostPids(): ReadonlyMap<number, number> | undefined {
    const bytes = this.object.readIterator('list_processes');
    const pids = new Map<number, number>();
    let areSame = true;
    for (let at = 0; at + ProcessPids.size <= bytes.length; at += ProcessPids.size) {
      const hostPid = bytes.readUInt32LE(at + ProcessPids.at.hostPid);
      const pid = bytes.readUInt32LE(at + ProcessPids.at.pid);
      areSame &&= hostPid === pid;
      if (pid !== 0) pids.set(pid, hostPid);
    }
    return areSame ? undefined : pids;
  }

  watch({ ports, exec }: Wanted): void {
    const map = this.object.map('wanted_ports');
    for (const [index, word] of ports.entries()) map.update(u32(index), u64(word));
    const value = Buffer.alloc(ProcessWatch.size);
    value.writeUInt32LE(exec ? WatchFlag.exec : 0, ProcessWatch.at.flags);
    value.writeUInt32LE(this.#agentPid, ProcessWatch.at.agentPid);
    value.writeUInt32LE(this.#pidNamespace, ProcessWatch.at.pidNamespace);
    this.object.map('process_watch').update(u32(0), value);
  }

  add(hostPid: number, isProbed = true): void {
    this.#capture(hostPid, isProbed ? 0 : TargetFlag.unprobed);
    this.object.map('port_holders').delete(u32(hostPid));
  }

  /** Whether the kernel captures it. */
  has(hostPid: number): boolean {
    return this.object.map('targets').lookup(u32(hostPid)) !== undefined;
  }

  remove(hostPid: number): void {
    this.#release(hostPid);
    this.object.map('port_holders').delete(u32(hostPid));
  }

  /** It is known at every moment, or the kernel would not tell that it executes something right now. */
  hold(hostPid: number): void {
    const holders = this.object.map('port_holders');
    holders.update(u32(hostPid), u32(0));
    this.#release(hostPid);
    // The kernel has taken it out: it did execute something, and is captured until that is judged.
    if (holders.lookup(u32(hostPid)) === undefined) this.#capture(hostPid, TargetFlag.provisional);
  }

  #capture(hostPid: number, flags: number): void {
    const target = Buffer.alloc(Target.size);
    target.writeUInt32LE(flags, Target.at.flags);
    this.object.map('target_filter').update(u32(hostPid % TargetLimit.filterSlots), Buffer.of(1));
    this.object.map('targets').update(u32(hostPid), target);
  }

  /** Connections remember that their process is captured: a new epoch makes them ask again. */
  #release(hostPid: number): void {
    this.object.map('targets').delete(u32(hostPid));
    this.object.map('target_epoch').update(u32(0), u32(++this.#epoch));
  }
}

/** Nothing can be captured without these programs, and nothing less is asked of the kernel by any other. */
function loaded(addon: Addon): BpfObject {
  const object = addon.openObject(builtFile('bpf/process.bpf.o'));
  try {
    object.load();
    return object;
  } catch (error) {
    object.close();
    const { cause, fix } = causeOf(error);
    throw new AgentError('NO_BPF', `can't start Beyla: ${cause}: ${fix}; see beyla doctor (${detailOf(error)})`, {
      cause: error,
    });
  }
}

function eventAt(bytes: Buffer, at: number): ProcessEvent | undefined {
  const kind = kinds.get(bytes.readUInt16LE(at + Layout.at.kind));
  if (kind === undefined) return undefined;
  const nameAt = at + Layout.at.name;
  const end = bytes.indexOf(0, nameAt);
  return {
    kind,
    pid: bytes.readUInt32LE(at + Layout.at.pid),
    hostPid: bytes.readUInt32LE(at + Layout.at.hostPid),
    parent: bytes.readUInt32LE(at + Layout.at.parentPid),
    startTicks: Number(bytes.readBigUInt64LE(at + Layout.at.startNs) / nsPerTick),
    port: bytes.readUInt16LE(at + Layout.at.port),
    name: bytes.toString('utf8', nameAt, end < 0 ? at + Layout.size : Math.min(end, at + Layout.size)),
  };
}
