import { AgentError } from '../lib/agent-error.ts';
import { log } from '../telemetry/log.ts';
import {
  type Addon,
  type BpfMap,
  type BpfObject,
  builtFile,
  type KernelError,
  type OnBatch,
  type OpenOptions,
  type Ring,
} from './addon.ts';
import { wholeCgroup } from './cgroup-root.ts';
import { type Cause, causeOf, detailOf } from './refusal.ts';
import { openSpares, putsTracepointsAside, sparedPrograms, sparesWhereWanted } from './spares.ts';
import { type TraceSettings, traceConstants } from './trace-settings.ts';

/** The ways to see TCP traffic, the best first. Which one works is found out by trying, never by the kernel's version. */
export const backends = ['tp_btf', 'fentry', 'kprobe', 'syscalls', 'cgroup_skb'] as const;
export type Backend = (typeof backends)[number];

/** Looks at packets, and not at what processes do: it knows no threads, so no traces, and finds out by ports whose a connection is. */
export function seesPackets(backend: Backend): boolean {
  return backend === 'cgroup_skb';
}

export interface Refusal extends Cause {
  readonly backend: Backend;
  readonly code: string;
  /** What the kernel said. */
  readonly reason: string;
}

/**
 * Records are taken over so long after the first of them: each time finds cold caches, which costs more than a hundred
 * records do. A ring that fills is emptied earlier.
 */
const gatherMs = 100;

/** The programs that watch connections, loaded and attached. */
export interface Capture {
  readonly backend: Backend;
  /** Better ones that this kernel would not take, and why. */
  readonly refused: readonly Refusal[];
  readonly object: BpfObject;
  /** Copies of those of its programs that the kernel may put aside. */
  readonly spares: readonly BpfObject[];
  /** What its programs were told when they were loaded. */
  readonly constants: NonNullable<OpenOptions['constants']>;
  /** Hands what waits in the ring to the decoder. */
  poll(): void;
  close(): void;
}

export interface CaptureOptions {
  readonly backend: Backend | 'auto';
  /** Maps of the process programs that these programs share. */
  readonly shared: Readonly<Record<string, BpfMap>>;
  readonly onRecords: OnBatch;
  /** Where the host's proc file system is, when it is not /proc. */
  readonly proc?: string;
  /** Undefined: nobody asks for traces, and nothing is spent on them. */
  readonly traces?: TraceSettings | undefined;
  /** Copies of each program, needed or not: for tests. */
  readonly spares?: number;
}

export function openCapture(addon: Addon, options: CaptureOptions): Capture {
  const { backend, shared, onRecords } = options;
  const refused: Refusal[] = [];
  for (const candidate of backend === 'auto' ? backends : [backend]) {
    const traces = seesPackets(candidate) ? undefined : options.traces;
    const constants = traces === undefined ? {} : { ...traceConstants(traces), is_turning: candidate === 'tp_btf' };
    try {
      const cgroup = seesPackets(candidate) ? wholeCgroup(options.proc ?? '/proc') : undefined;
      const name = objectOf(candidate, options);
      const object = openAll(addon, name, { reuse: shared, constants }, cgroup);
      const further = openFurther(addon, object, { ...options, name, traces, backend: candidate, constants });
      warnOfLimits(candidate, refused);
      const ring = addon.openRing(object.map('events'), onRecords, gatherMs);
      const { spares } = further;
      return { backend: candidate, refused, object, spares, constants, ...running([...further.all, object], ring) };
    } catch (error) {
      const refusal = refusalOf(candidate, error);
      refused.push(refusal);
      const { code, cause, reason } = refusal;
      log.debug('capture backend refused', { backend: candidate, code, cause, reason });
    }
  }
  const reasons = refused.map((one) => `${one.backend}: ${one.cause}: ${one.fix}; it said: ${one.reason}`).join('; ');
  throw new AgentError('NO_CAPTURE', `no capture backend works on this kernel; see beyla doctor (${reasons})`);
}

/** What a backend lacks that others have. */
const limits: Partial<Record<Backend, string>> = {
  syscalls: 'requests are captured at system calls, so io_uring goes unseen and every process pays a little',
  cgroup_skb:
    'requests are captured from packets, for metrics: nothing is seen inside TLS, nothing joins traces, and of processes that share a port one is named',
};

function warnOfLimits(backend: Backend, refused: readonly Refusal[]): void {
  const limit = limits[backend];
  if (limit === undefined) return;
  log.warn(`running degraded: ${limit}`, {
    refused: refused.length === 0 ? undefined : refused.map(({ backend: one, cause }) => `${one}: ${cause}`).join('; '),
    see: 'beyla doctor',
  });
}

/** System calls are seen in two ways: the one that has spares costs every call of every process, not only those that move bytes. */
function objectOf(backend: Backend, { spares }: Pick<CaptureOptions, 'spares'>): string {
  const wantsSpares = spares !== undefined || putsTracepointsAside();
  return backend === 'syscalls' && wantsSpares ? 'http_syscalls_btf' : `http_${backend}`;
}

/** Loads all programs of an object and attaches them, those for packets to this control group. */
function openAll(addon: Addon, name: string, options: OpenOptions, cgroup?: string): BpfObject {
  const object = addon.openObject(builtFile(`bpf/${name}.bpf.o`), options);
  try {
    object.load();
    for (const program of object.programs().filter((one) => !isReached(one))) {
      const isForPackets = object.programInfo(program).section.startsWith('cgroup_skb/');
      if (cgroup !== undefined && isForPackets) object.attachCgroup(program, cgroup);
      else object.attach(program);
    }
    return object;
  } catch (error) {
    object.close();
    throw error;
  }
}

function refusalOf(backend: Backend, error: unknown): Refusal {
  const { code = 'UNKNOWN' } = error as Partial<KernelError>;
  return { backend, code, reason: detailOf(error), ...causeOf(error) };
}

interface Further {
  readonly all: readonly BpfObject[];
  readonly spares: readonly BpfObject[];
}

/** What goes with the programs that capture; closes those when it cannot be had. */
function openFurther(
  addon: Addon,
  capture: BpfObject,
  options: CaptureOptions & { readonly backend: Backend; readonly name: string } & Pick<Capture, 'constants'>,
): Further {
  const { backend, name, shared, traces, constants, spares: forced } = options;
  const opened: BpfObject[] = [];
  try {
    // Sees the reads that would otherwise go unseen, so that turns of event loops are known to end.
    if (traces !== undefined && backend === 'tp_btf')
      opened.push(openAll(addon, 'turn_reads', { reuse: { ...shared, turns: capture.map('turns') } }));
    const path = builtFile(`bpf/${name}.bpf.o`);
    const programs = sparedPrograms(capture, forced !== undefined);
    const spares = openSpares(addon, { path, capture, constants, programs, count: forced ?? sparesWhereWanted });
    return { all: [...opened, ...spares], spares };
  } catch (error) {
    for (const one of [...opened, capture]) one.close();
    throw error;
  }
}

function running(objects: readonly (BpfObject | undefined)[], ring: Ring): Pick<Capture, 'poll' | 'close'> {
  return {
    poll: () => void ring.consume(),
    close: () => {
      ring.close();
      for (const object of objects) object?.close();
    },
  };
}

/** Programs that others reach by a tail call hang on no hook of their own. */
function isReached(program: string): boolean {
  return program.startsWith('walk_');
}
