import { log } from '../telemetry/log.ts';
import { GoProcess, TlsProcess, TlsSession, TlsSessionKey } from './abi.gen.ts';
import { type Addon, type BpfMap, type BpfObject, builtFile, type KernelError, type Link } from './addon.ts';
import type { Capture } from './capture.ts';
import { u32, u64 } from './map-bytes.ts';
import { causeOf, detailOf } from './refusal.ts';
import { mapsOf } from './shared-maps.ts';

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

/** An object of programs for probes, and what goes unseen where the kernel does not take it. */
interface ProbeObject {
  readonly file: string;
  readonly unseen: string;
  /** Maps of the programs that watch sockets: connections and traces are the same, whichever way the bytes are seen. */
  readonly fromCapture: readonly string[];
  readonly maxEntries?: Readonly<Record<string, number>>;
  /** It is told the same as the programs that watch sockets. */
  readonly hasConstants?: true;
}

const connections = ['conns', 'blank_conn', 'waiting', 'blank_waiting', 'events'];
const goroutines = ['go_processes', 'goroutines', 'go_calls'];
/** What programs that walk connections share with those of the capture. */
export const walkedMaps = [
  ...[...connections, ...goroutines, 'tls_threads', 'tls_processes'],
  ...['trace_policies', 'serving', 'reading', 'alone', 'carried', 'sent', 'options_in', 'options_out'],
  ...['turns', 'connecting', 'headers_out'],
];
const tls: ProbeObject = {
  file: 'tls_multi',
  unseen: 'nothing is seen inside TLS',
  fromCapture: walkedMaps,
  /** By CPU, direction and place: see bpf/lib/plain_work.h. */
  maxEntries: { work: 8 },
  hasConstants: true,
};
const go: ProbeObject = {
  file: 'go_multi',
  unseen: 'libraries of Go are not looked into',
  fromCapture: [...connections, ...goroutines],
};
/** By the program that runs at a probe. */
const objects: Readonly<Record<string, ProbeObject>> = { go_library: go };

export interface ProbeProgramsOptions {
  readonly addon: Addon;
  readonly capture: Pick<Capture, 'object' | 'constants'>;
  /** Maps of the process programs. */
  readonly shared: Readonly<Record<string, BpfMap>>;
  /** Many probes in a link, each in its own, or what the kernel can. */
  readonly links: 'auto' | 'many' | 'single';
}

/**
 * The programs that run at probes in the memory of other programs. They are loaded when there is something to probe: many hosts have
 * no TLS to look into, and the verifier takes its time.
 */
export class ProbePrograms {
  readonly #options: ProbeProgramsOptions;
  readonly #loaded = new Map<ProbeObject, BpfObject | Error>();
  /** Each probe has a link of its own; unknown until the kernel was asked. */
  #isSingle: boolean | undefined;

  constructor(options: ProbeProgramsOptions) {
    this.#options = options;
    if (options.links !== 'auto') this.#isSingle = options.links === 'single';
  }

  /** Those that are in the kernel. */
  get objects(): readonly BpfObject[] {
    return [...this.#loaded.values()].filter((one): one is BpfObject => !(one instanceof Error));
  }

  /** Whether the kernel takes the program; it is asked when somebody wants to know, and once. */
  has(program: string): boolean {
    try {
      this.#object(objects[program] ?? tls);
      return true;
    } catch {
      return false;
    }
  }

  /** @throws KernelError when this kernel does not take them. */
  #object(wanted: ProbeObject): BpfObject {
    const known = this.#loaded.get(wanted);
    if (known instanceof Error) throw known;
    if (known !== undefined) return known;
    try {
      const loaded = this.#load(wanted);
      this.#loaded.set(wanted, loaded);
      return loaded;
    } catch (error) {
      this.#loaded.set(wanted, error as Error);
      log.warn(`${wanted.unseen}: the kernel does not take the programs`, {
        ...causeOf(error),
        reason: detailOf(error),
      });
      throw error;
    }
  }

  #load(wanted: ProbeObject): BpfObject {
    if (this.#isSingle !== undefined) return load(wanted, this.#options, this.#isSingle);
    const forMany = loadForMany(wanted, this.#options);
    const object = forMany ?? load(wanted, this.#options, true);
    this.#isSingle = forMany === undefined;
    return object;
  }

  /** Puts all probes into a file; those that are there when one fails are taken out again. */
  attach(path: string, places: readonly ProbePlace[]): Link[] {
    const links: Link[] = [];
    const used = new Set<ProbeObject>();
    try {
      for (const group of groups(places)) {
        const wanted = objects[group[0].program] ?? tls;
        used.add(wanted);
        const object = this.#object(wanted);
        if (this.#isSingle === true) for (const place of group) links.push(single(object, path, place));
        else links.push(link(object, path, group));
      }
    } catch (error) {
      for (const link of links) link.destroy();
      throw error;
    }
    if (used.has(tls)) beginsNow(this.#object(tls));
    return links;
  }

  /** A process is one of Go. */
  describeGo(hostPid: number, { goid, curg }: { readonly goid: number; readonly curg: number }): void {
    const value = Buffer.alloc(GoProcess.size);
    value.writeUInt32LE(goid, GoProcess.at.goid);
    value.writeUInt32LE(curg, GoProcess.at.curg);
    this.#options.capture.object.map('go_processes').update(u32(hostPid), value);
  }

  /** What was known of the connections of a process, which went on meanwhile without being looked into. */
  forgetSessions(hostPid: number): void {
    const object = this.#loaded.get(tls);
    if (object === undefined || object instanceof Error) return;
    const sessions = object.map('tls_sessions');
    for (const key of sessions.keys()) {
      if (key.readUInt32LE(TlsSessionKey.at.pid) !== hostPid) continue;
      const session = sessions.lookup(key);
      sessions.delete(key);
      if (session !== undefined)
        object.map('conns').delete(session.subarray(TlsSession.at.plain, TlsSession.at.connId));
    }
    beginsNow(object);
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
    this.#options.capture.object.map('go_processes').delete(u32(hostPid));
    this.#options.capture.object.map('tls_processes').delete(u32(hostPid));
  }

  close(): void {
    for (const object of this.objects) object.close();
    this.#loaded.clear();
  }
}

/** Connections that are older may be in the midst of a message. */
function beginsNow(object: BpfObject): void {
  object.map('tls_since').update(u32(0), u64(process.hrtime.bigint()));
}

function load(
  { file, fromCapture, maxEntries = {}, hasConstants }: ProbeObject,
  { addon, capture, shared }: ProbeProgramsOptions,
  isForSingleProbes: boolean,
): BpfObject {
  const reuse = { ...shared, ...mapsOf(capture.object, fromCapture) };
  const constants = hasConstants === true ? capture.constants : {};
  const object = addon.openObject(builtFile(`bpf/${file}.bpf.o`), {
    ...{ reuse, constants, maxEntries, isForSingleProbes },
  });
  try {
    object.load();
    return object;
  } catch (error) {
    object.close();
    throw error;
  }
}

/** Undefined before Linux 6.6: it refuses such programs, or such links. */
function loadForMany(wanted: ProbeObject, options: ProbeProgramsOptions): BpfObject | undefined {
  try {
    const object = load(wanted, options, false);
    if (takesMany(object)) return object;
    object.close();
  } catch (error) {
    log.debug('programs for many probes are refused', { file: wanted.file, reason: detailOf(error) });
  }
  return undefined;
}

/** Linux 6.6 and later: asked to probe a directory, they say that it is no file; others do not know what is asked. */
function takesMany(object: BpfObject): boolean {
  const [program = ''] = object.programs();
  try {
    object.attachUprobes(program, { path: '/', offsets: [0] }).destroy();
    return true;
  } catch (error) {
    return (error as KernelError).code === 'EBADF';
  }
}

function single(object: BpfObject, path: string, { program, offset, cookie, isReturn }: ProbePlace): Link {
  return object.attachUprobe(program, { path, offset, cookie, isReturn });
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
