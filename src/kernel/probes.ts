import { log } from '../telemetry/log.ts';
import { TlsProcess } from './abi.gen.ts';
import { type Addon, type BpfMap, type BpfObject, builtFile, type Link } from './addon.ts';
import type { Capture } from './capture.ts';
import { causeOf, detailOf } from './refusal.ts';

/** A place in a file where a program of ours is to run. */
export interface ProbePlace {
  readonly program: string;
  readonly cookie: number;
  readonly offset: number;
  readonly isReturn: boolean;
}

/** How much of a process's TLS is seen. */
export interface TlsCounts {
  readonly connections: number;
  readonly seen: number;
}

/** Maps of the programs that watch sockets: connections and traces are the same, whichever way the bytes are seen. */
const fromCapture = [
  ...['conns', 'blank_conn', 'waiting', 'blank_waiting', 'events', 'tls_threads', 'tls_processes'],
  ...['trace_policies', 'serving', 'reading', 'alone', 'carried', 'sent', 'options_in', 'options_out'],
];
/** By CPU, direction and place: see bpf/lib/plain_work.h. */
const workEntries = 8;

export interface ProbeProgramsOptions {
  readonly addon: Addon;
  readonly capture: Pick<Capture, 'object' | 'constants'>;
  /** Maps of the process programs. */
  readonly shared: Readonly<Record<string, BpfMap>>;
}

/**
 * The programs that run at probes in the memory of other programs. They are loaded when there is something to probe: many hosts have
 * no TLS to look into, and the verifier takes its time.
 */
export class ProbePrograms {
  readonly #options: ProbeProgramsOptions;
  #loaded: BpfObject | undefined;
  #refusal: Error | undefined;

  constructor(options: ProbeProgramsOptions) {
    this.#options = options;
  }

  /** Those that are in the kernel. */
  get objects(): readonly BpfObject[] {
    return this.#loaded === undefined ? [] : [this.#loaded];
  }

  /** @throws KernelError when this kernel does not take them; it is asked only once. */
  #object(): BpfObject {
    if (this.#refusal !== undefined) throw this.#refusal;
    try {
      this.#loaded ??= load(this.#options);
      return this.#loaded;
    } catch (error) {
      this.#refusal = error as Error;
      log.warn('nothing is seen inside TLS: the kernel does not take the programs', {
        ...causeOf(error),
        reason: detailOf(error),
      });
      throw error;
    }
  }

  /** Puts all probes into a file; those that are there when one fails are taken out again. */
  attach(path: string, places: readonly ProbePlace[]): Link[] {
    const object = this.#object();
    const links: Link[] = [];
    try {
      for (const group of groups(places)) links.push(link(object, path, group));
    } catch (error) {
      for (const link of links) link.destroy();
      throw error;
    }
    const now = Buffer.alloc(8);
    now.writeBigUInt64LE(process.hrtime.bigint());
    object.map('tls_since').update(Buffer.alloc(4), now);
    return links;
  }

  tlsOf(hostPid: number): TlsCounts | undefined {
    const value = this.#options.capture.object.map('tls_processes').lookup(u32(hostPid));
    return (
      value && {
        connections: value.readUInt32LE(TlsProcess.at.connections),
        seen: value.readUInt32LE(TlsProcess.at.seen),
      }
    );
  }

  forget(hostPid: number): void {
    this.#options.capture.object.map('tls_processes').delete(u32(hostPid));
  }

  close(): void {
    this.#loaded?.close();
    this.#loaded = undefined;
  }
}

function load({ addon, capture, shared }: ProbeProgramsOptions): BpfObject {
  const reuse = { ...shared, ...Object.fromEntries(fromCapture.map((name) => [name, capture.object.map(name)])) };
  const { constants } = capture;
  const maxEntries = { work: workEntries };
  const object = addon.openObject(builtFile('bpf/tls_multi.bpf.o'), { reuse, constants, maxEntries });
  try {
    object.load();
    return object;
  } catch (error) {
    object.close();
    throw error;
  }
}

function link(object: BpfObject, path: string, group: readonly [ProbePlace, ...ProbePlace[]]): Link {
  const [{ program, isReturn }] = group;
  return object.attachUprobes(program, {
    path,
    offsets: group.map(({ offset }) => offset),
    cookies: group.map(({ cookie }) => cookie),
    isReturn,
  });
}

/** A link has one program and one kind. */
function groups(places: readonly ProbePlace[]): (readonly [ProbePlace, ...ProbePlace[]])[] {
  const byKind = new Map<string, [ProbePlace, ...ProbePlace[]]>();
  for (const place of places) {
    const key = `${place.program} ${place.isReturn}`;
    const group = byKind.get(key);
    if (group === undefined) byKind.set(key, [place]);
    else group.push(place);
  }
  return [...byKind.values()];
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
