import { log } from '../telemetry/log.ts';
import { GoProcess, TlsProcess, TlsSession, TlsSessionKey } from './abi.gen.ts';
import { type Addon, type BpfMap, type BpfObject, builtFile, type Link } from './addon.ts';
import { type Capture, seesPackets } from './capture.ts';
import { u32, u64 } from './map-bytes.ts';
import type { ProbePlace } from './probe-entries.ts';
import { ProbeLinks, type ProbeWay, probeGroups } from './probe-links.ts';
import { causeOf, detailOf } from './refusal.ts';
import { mapsOf } from './shared-maps.ts';

/** How much of a process's TLS is seen. */
export interface TlsCounts {
  readonly connections: number;
  readonly seen: number;
}

/** An object of programs for probes, and what goes unseen where the kernel does not take it. */
interface ProbeObject {
  /** Of the files, before the way in which its probes are linked. */
  readonly name: 'tls' | 'go';
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
  name: 'tls',
  unseen: 'nothing is seen inside TLS',
  fromCapture: walkedMaps,
  /** By CPU, direction and place: see bpf/lib/plain_work.h. */
  maxEntries: { work: 8 },
  hasConstants: true,
};
const go: ProbeObject = {
  name: 'go',
  unseen: 'libraries of Go are not looked into',
  fromCapture: [...connections, ...goroutines],
};
/** By the program that runs at a probe. */
const objects: Readonly<Record<string, ProbeObject>> = { go_library: go };

export interface ProbeProgramsOptions {
  readonly addon: Addon;
  readonly capture: Pick<Capture, 'object' | 'constants' | 'backend'>;
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
  readonly #links: ProbeLinks;

  constructor(options: ProbeProgramsOptions) {
    this.#options = options;
    this.#links = new ProbeLinks(options.addon, options.links);
  }

  /** Those that are in the kernel. */
  get objects(): readonly BpfObject[] {
    return [...this.#loaded.values()].filter((one): one is BpfObject => !(one instanceof Error));
  }

  /** Probes tell of threads what only programs understand that know threads, too. */
  get areOfUse(): boolean {
    return !seesPackets(this.#options.capture.backend);
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
      const loaded = this.#links.load((way) => load(wanted, this.#options, way));
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

  /** Puts all probes into a file; those that are there when one fails are taken out again. */
  attach(path: string, places: readonly ProbePlace[]): Link[] {
    const links: Link[] = [];
    const used = new Set<ProbeObject>();
    try {
      for (const group of probeGroups(places)) {
        const wanted = objects[group[0].program] ?? tls;
        used.add(wanted);
        for (const link of this.#links.attach(this.#object(wanted), path, group)) links.push(link);
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
    this.#links.close();
    for (const object of this.objects) object.close();
    this.#loaded.clear();
  }
}

/** Connections that are older may be in the midst of a message. */
function beginsNow(object: BpfObject): void {
  object.map('tls_since').update(u32(0), u64(process.hrtime.bigint()));
}

function load(
  { name, fromCapture, maxEntries = {}, hasConstants }: ProbeObject,
  { addon, capture, shared }: ProbeProgramsOptions,
  way: ProbeWay,
): BpfObject {
  const reuse = { ...shared, ...mapsOf(capture.object, fromCapture) };
  const constants = hasConstants === true ? capture.constants : {};
  const object = addon.openObject(builtFile(`bpf/${name}_${way === 'entered' ? 'entered' : 'multi'}.bpf.o`), {
    ...{ reuse, constants, maxEntries, isForSingleProbes: way !== 'many' },
  });
  try {
    object.load();
    return object;
  } catch (error) {
    object.close();
    throw error;
  }
}
