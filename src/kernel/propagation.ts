import { log } from '../telemetry/log.ts';
import { type Addon, type BpfObject, builtFile } from './addon.ts';
import { cgroupRoot } from './cgroup-root.ts';
import { causeOf, detailOf } from './refusal.ts';
import type { SharedMaps } from './shared-maps.ts';

/** A way to hand a trace on to other hosts, what became of it and why. */
export interface Way {
  readonly name: 'tcp' | 'headers';
  readonly isUsed: boolean;
  readonly says: string;
  readonly fix?: string;
}

export interface PropagationOptions {
  readonly ways: readonly Way['name'][];
  readonly capture: BpfObject;
  readonly shared: SharedMaps;
  /** Of the host. */
  readonly proc: string;
}

/** Hands the context of requests on, in the ways that the configuration asks for and that can do no harm. */
export class Propagation {
  readonly ways: readonly Way[];
  #object: BpfObject | undefined;

  constructor(addon: Addon, options: PropagationOptions) {
    this.ways = options.ways.map((way) => (way === 'tcp' ? this.#openTcp(addon, options) : headers));
    for (const { name, isUsed, says, fix } of this.ways) {
      log[isUsed ? 'info' : 'warn']('context propagation', { way: name, is: isUsed ? 'on' : 'off', why: says, fix });
    }
  }

  close(): void {
    this.#object?.close();
  }

  #openTcp(addon: Addon, { capture, shared, proc }: PropagationOptions): Way {
    const root = cgroupRoot(proc);
    const off = { name: 'tcp', isUsed: false } as const;
    if (root === undefined) {
      const fix = 'mount -t cgroup2 none /sys/fs/cgroup/unified';
      return { ...off, says: 'control groups of version 2 are not mounted', fix };
    }
    const [options_out, options_in] = [capture.map('options_out'), capture.map('options_in')];
    const object = addon.openObject(builtFile('bpf/context_tcp.bpf.o'), {
      reuse: { ...shared, options_out, options_in },
    });
    try {
      object.load();
      object.attachCgroup('context_tcp', root.path);
      this.#object = object;
    } catch (error) {
      object.close();
      const { cause, fix } = causeOf(error);
      return { ...off, says: `${cause} (${detailOf(error)})`, fix };
    }
    const says = `a TCP option on connections made from now on, by the control group ${root.path}`;
    if (root.isWhole) return { name: 'tcp', isUsed: true, says };
    const fix =
      'in Docker --pid=host or --cgroupns=host: the processes outside of this container are not below that group';
    return { name: 'tcp', isUsed: true, says, fix };
  }
}

/** Every way to write into what a process sends puts its socket into a map of sockets, or writes into its memory. */
const headers: Way = {
  name: 'headers',
  isUsed: false,
  says: 'headers are read and never written: that would put the sockets of processes into a sockmap, where FIONREAD may answer 0',
  fix: 'use tcp, and an agent at both ends',
};
