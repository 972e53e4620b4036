import { log } from '../telemetry/log.ts';
import { type Addon, type BpfObject, builtFile, type OpenOptions } from './addon.ts';
import { type Capture, seesPackets } from './capture.ts';
import { type CgroupRoot, cgroupRoot } from './cgroup-root.ts';
import type { HeaderTrial } from './header-trial.ts';
import { walkedMaps } from './probes.ts';
import { causeOf, detailOf } from './refusal.ts';
import { mapsOf, type SharedMaps } from './shared-maps.ts';

/** A way to hand a trace on to other hosts, what became of it and why. */
export interface Way {
  readonly name: 'tcp' | 'headers';
  readonly isUsed: boolean;
  readonly says: string;
  readonly fix?: string;
}

export interface PropagationOptions {
  readonly ways: readonly Way['name'][];
  /** Undefined when headers are not among the ways. */
  readonly headers: HeaderTrial | undefined;
  readonly capture: Pick<Capture, 'object' | 'backend' | 'constants'>;
  readonly shared: SharedMaps;
  /** Of the host. */
  readonly proc: string;
}

/** Hands the context of requests on, in the ways that the configuration asks for and that can do no harm. */
export class Propagation {
  readonly ways: readonly Way[];
  readonly #objects: BpfObject[] = [];
  readonly #addon: Addon;
  readonly #options: PropagationOptions;

  constructor(addon: Addon, options: PropagationOptions) {
    this.#addon = addon;
    this.#options = options;
    this.ways = options.ways.map((name) => this.#open(name));
    for (const { name, isUsed, says, fix } of this.ways) {
      log[isUsed ? 'info' : 'warn']('context propagation', { way: name, is: isUsed ? 'on' : 'off', why: says, fix });
    }
  }

  close(): void {
    for (const object of this.#objects.splice(0)) object.close();
  }

  #open(name: Way['name']): Way {
    const { headers, proc, capture } = this.#options;
    if (seesPackets(capture.backend)) {
      const says = `the capture backend ${capture.backend} does not know which request a call belongs to`;
      return { name, isUsed: false, says, fix: 'see the row capture of beyla doctor: another backend does' };
    }
    if (name === 'headers' && headers?.isHarmless !== true) {
      return { name, isUsed: false, says: 'nothing was tried', ...headers };
    }
    const root = cgroupRoot(proc);
    if (root === undefined) {
      const fix = 'mount -t cgroup2 none /sys/fs/cgroup/unified';
      return { name, isUsed: false, says: 'control groups of version 2 are not mounted', fix };
    }
    const before = this.#objects.length;
    try {
      const says = name === 'tcp' ? this.#openTcp(root) : this.#openHeaders(root);
      return {
        name,
        isUsed: true,
        says: `${says} on connections made from now on, by the control group ${root.path}`,
        ...limit(root),
      };
    } catch (error) {
      for (const object of this.#objects.splice(before)) object.close();
      const { cause, fix } = causeOf(error);
      return { name, isUsed: false, says: `${cause} (${detailOf(error)})`, fix };
    }
  }

  #openTcp(root: CgroupRoot): string {
    const object = this.#load('context_tcp', ['options_out', 'options_in']);
    object.attachCgroup('context_tcp', root.path);
    return 'a TCP option';
  }

  #openHeaders(root: CgroupRoot): string {
    const object = this.#load('context_headers', ['headers_out', 'conns']);
    object.attachSockmap('header_send', object.map('header_socks'));
    this.#openMapped();
    object.attachCgroup('header_connect', root.path);
    return `a header in requests of HTTP/1 (${this.#options.headers?.says})`;
  }

  /** Calls are seen as before where they are system calls; where they are functions of TCP, others take over. */
  #openMapped(): void {
    const { backend, constants } = this.#options.capture;
    if (backend === 'syscalls') return;
    try {
      this.#load('mapped_fentry', walkedMaps, constants).attach('mapped_send');
    } catch {
      this.#load('mapped_kprobe', walkedMaps, constants).attach('mapped_send');
    }
  }

  #load(name: string, fromCapture: readonly string[], constants: OpenOptions['constants'] = {}): BpfObject {
    const { capture, shared } = this.#options;
    const reuse = { ...shared, ...mapsOf(capture.object, fromCapture) };
    const object = this.#addon.openObject(builtFile(`bpf/${name}.bpf.o`), { reuse, constants });
    this.#objects.push(object);
    object.load();
    return object;
  }
}

function limit({ isWhole }: CgroupRoot): Pick<Way, 'fix'> {
  if (isWhole) return {};
  return {
    fix: 'in Docker --pid=host or --cgroupns=host: the processes outside of this container are not below that group',
  };
}
