import { closeSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { preallocatedEntries, toPreallocate } from './preallocated.ts';

/** A program fastened to its hook. Its object holds it too: forgetting a link leaves the program attached. */
export interface Link {
  readonly isAttached: boolean;
  /** Detaches; of no effect the second time or after the object was closed. A single uprobe goes some time later. */
  destroy(): void;
}

/** A map, usable for as long as its object is open. Values of per-CPU maps are those of all possible CPUs in a row. */
export interface BpfMap {
  readonly fd: number;
  readonly name: string;
  readonly maxEntries: number;
  readonly keySize: number;
  /** Bytes a lookup returns: for a per-CPU map the value rounded up to 8, times the possible CPUs. */
  readonly valueSize: number;
  lookup(key: Uint8Array): Buffer | undefined;
  update(key: Uint8Array, value: Uint8Array, flags?: UpdateFlags): void;
  /** Whether there was such an entry. */
  delete(key: Uint8Array): boolean;
  keys(): Buffer[];
}

/** What an update may find: anything, nothing, or an entry. */
export const updateFlags = { any: 0, absent: 1, present: 2 } as const;
export type UpdateFlags = (typeof updateFlags)[keyof typeof updateFlags];

/**
 * Some records: record i starts where the one before ended, rounded up to a multiple of 8, and ends at `ends[i]`. Both are
 * written again for the next batch: whoever keeps bytes copies them.
 */
export type OnBatch = (bytes: Buffer, ends: Uint32Array, count: number) => void;

/** A ring buffer being read on the loop. It does not keep the process alive unless asked by `ref()`. */
export interface Ring {
  readonly isOpen: boolean;
  /** Hands over what waits without a wake-up, and tells how many records that were. */
  consume(): number;
  /** Bytes that wait, headers included. */
  pending(): number;
  ref(): this;
  unref(): this;
  close(): void;
}

export interface ProgramInfo {
  readonly fd: number;
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly section: string;
  /** Zero unless statistics are on; see `enableStats`. */
  readonly runTimeNs: number;
  readonly runCount: number;
  readonly recursionMisses: number;
  readonly verifiedInstructions: number;
  readonly jitedBytes: number;
}

export interface UprobeTarget {
  readonly path: string;
  /** Offset in the file, not an address. */
  readonly offset: number;
  readonly cookie?: number | bigint;
  /** Default: every process that runs the file. */
  readonly pid?: number;
  readonly isReturn?: boolean;
}

/** Many places of one file in one link (Linux 6.6). `cookies` are as many as `offsets`, or none. */
export interface UprobeTargets extends Omit<UprobeTarget, 'offset' | 'cookie'> {
  readonly offsets: readonly number[];
  readonly cookies?: readonly (number | bigint)[];
}

/** One loaded BPF object. It stays until `close()`, which also detaches all its programs. */
export interface BpfObject {
  readonly isOpen: boolean;
  /** What libbpf and the verifier said lately. */
  readonly log: string;
  load(): void;
  /** Those that are loaded, or will be. */
  programs(): string[];
  maps(): string[];
  /** Sizes of the `const volatile` variables, by name. */
  constants(): Record<string, number>;
  map(name: string): BpfMap;
  /** By what the section name of the program says. */
  attach(program: string): Link;
  attachUprobe(program: string, target: UprobeTarget): Link;
  attachUprobes(program: string, targets: UprobeTargets): Link;
  attachCgroup(program: string, path: string): Link;
  attachSockmap(program: string, map: BpfMap): Link;
  programInfo(program: string): ProgramInfo;
  /** Runs a SEC("syscall") program once. `context` is its argument and holds afterwards what it left there. */
  testRun(program: string, context?: Uint8Array): number;
  /** Runs an iterator program and returns all it wrote. */
  readIterator(program: string): Buffer;
  close(): void;
}

export interface OpenOptions {
  /** Values of `const volatile` variables by name. */
  readonly constants?: Readonly<Record<string, number | bigint | boolean | Uint8Array>>;
  readonly maxEntries?: Readonly<Record<string, number>>;
  /** Load only these programs. */
  readonly programs?: readonly string[];
  /** Programs made for links with many probes are to be attached to one place each. */
  readonly isForSingleProbes?: boolean;
  /** Maps of other objects to use in place of this one's own of that name. */
  readonly reuse?: Readonly<Record<string, BpfMap | number>>;
  /** The verifier's: 0 speaks about failures only. */
  readonly logLevel?: 0 | 1 | 2 | 4;
}

/** Errors of system calls look like Node's own; `detail` holds the last lines of what the verifier said. */
export interface KernelError extends Error {
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  readonly path?: string;
  readonly detail?: string;
}

export interface Addon {
  /** Opens an object file and adjusts it; nothing is in the kernel before `load()`. */
  openObject(path: string, options?: OpenOptions): BpfObject;
  /**
   * `gatherMs`: a wake-up only starts this time; what has come by its end goes over in one call, or earlier when an
   * eighth of the ring is full. Default: at once.
   */
  openRing(map: BpfMap, onBatch: OnBatch, gatherMs?: number): Ring;
  /** CLOCK_REALTIME minus CLOCK_MONOTONIC. */
  clockOffsetNs(): bigint;
  /** The kernel measures the run time of every BPF program until this is closed. */
  enableStats(): { close(): void };
  /** Whether programs can ask which probe they run for: Linux 5.15 and later. */
  keepsCookies(): boolean;
  mount(source: string, target: string, type: string): void;
  /** Lets go of text and constants that only the start needed; returns the size of the mappings that they were in. */
  releaseReadOnly(): number;
  /** What FIONREAD answers of a socket of this process. */
  unreadBytes(fd: number): number;
}

/** The native object has the means of adjusting that `openObject` uses before anybody sees it. */
interface NativeObject extends BpfObject {
  setConstant(name: string, bytes: Uint8Array): void;
  setMaxEntries(map: string, count: number): void;
  setMapFlags(map: string, flags: number): void;
  reuseMap(map: string, fd: number): void;
  setAutoload(program: string, autoload: boolean): void;
  forSingleProbes(program: string): void;
}

interface NativeAddon {
  readonly Object: new (path: string, logLevel: number) => NativeObject;
  readonly Ring: new (mapFd: number, onBatch: OnBatch, gatherMs: number) => Ring;
  clockOffsetNs(): bigint;
  enableStats(): number;
  keepsCookies(): boolean;
  mount(source: string, target: string, type: string): void;
  releaseReadOnly(): number;
  unreadBytes(fd: number): number;
}

/** A file of `build/`: beside the bundle, or in the checkout the sources are run from. */
export function builtFile(name: string): string {
  const here = dirname(import.meta.filename);
  const beside = join(here, name);
  return existsSync(beside) ? beside : join(here, '../../build', name);
}

export function loadAddon(file: string = builtFile('native/kernel.node')): Addon {
  const native = createRequire(import.meta.filename)(file) as NativeAddon;
  return {
    openObject: (path, options = {}) => openObject(native, path, options),
    openRing: (map, onBatch, gatherMs = 0) => new native.Ring(map.fd, onBatch, gatherMs),
    clockOffsetNs: native.clockOffsetNs,
    enableStats: () => closeable(native.enableStats()),
    keepsCookies: native.keepsCookies,
    mount: native.mount,
    releaseReadOnly: native.releaseReadOnly,
    unreadBytes: native.unreadBytes,
  };
}

function openObject(native: NativeAddon, path: string, options: OpenOptions): BpfObject {
  const object = new native.Object(path, options.logLevel ?? 0);
  try {
    adjust(object, options);
  } catch (error) {
    object.close();
    throw error;
  }
  return object;
}

function adjust(object: NativeObject, options: OpenOptions): void {
  const sizes = object.constants();
  for (const [name, value] of Object.entries(options.constants ?? {})) {
    object.setConstant(name, value instanceof Uint8Array ? value : littleEndian(name, value, sizes[name]));
  }
  for (const name of toPreallocate(object.maps())) {
    object.setMapFlags(name, 0);
    object.setMaxEntries(name, preallocatedEntries[name] ?? 0);
  }
  for (const [name, count] of Object.entries(options.maxEntries ?? {})) object.setMaxEntries(name, count);
  for (const [name, map] of Object.entries(options.reuse ?? {})) {
    object.reuseMap(name, typeof map === 'number' ? map : map.fd);
  }
  if (options.isForSingleProbes === true) for (const name of object.programs()) object.forSingleProbes(name);
  if (options.programs !== undefined) {
    for (const name of object.programs()) object.setAutoload(name, options.programs.includes(name));
    // A name that does not exist is a mistake, and this says so.
    for (const name of options.programs) object.setAutoload(name, true);
  }
}

/** An integer in as many bytes as the variable has; of an unknown variable the native side says that it is unknown. */
function littleEndian(name: string, value: number | bigint | boolean, size: number | undefined): Uint8Array {
  const bits = (size ?? 8) * 8;
  const whole = BigInt(value);
  if (bits > 64) throw new RangeError(`Constant ${name} has ${size} bytes: give it a Uint8Array`);
  if (BigInt.asUintN(bits, whole) !== whole && BigInt.asIntN(bits, whole) !== whole) {
    throw new RangeError(`Constant ${name} has ${size} bytes: ${value} does not fit`);
  }
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, whole), true);
  return bytes.subarray(0, bits / 8);
}

function closeable(fd: number): { close(): void } {
  let isOpen = true;
  return {
    close(): void {
      if (isOpen) closeSync(fd);
      isOpen = false;
    },
  };
}
