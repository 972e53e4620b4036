import { randomBytes } from 'node:crypto';
import { TracePolicy, TracePolicyFlag } from './abi.gen.ts';
import type { BpfMap, OpenOptions } from './addon.ts';
import { u32 } from './map-bytes.ts';

/** What the capture programs are to know of traces. */
export interface TraceSettings {
  /** Exchanges between captured processes of this host are joined by what passes between them. */
  readonly relatesHost: boolean;
  /** Requests carry their context, and bring it, in a TCP option: see `Propagation`. */
  readonly usesOptions: boolean;
  /** Requests are given a header. */
  readonly writesHeaders: boolean;
  /** As `ProcessTraces.ratio`, for processes that have been captured and not been told of yet. */
  readonly ratio: number;
}

/** How traces of one process begin, and where they go on. */
export interface ProcessTraces {
  /** Share of the traces that begin there which are sampled. */
  readonly ratio: number;
  /** A request stays on the thread that reads it until it is answered. */
  readonly staysOnThread: boolean;
  /** What is read is called back from an event loop that can be told apart: libuv's, with frame pointers. */
  readonly hasTurns: boolean;
}

/** Of the 64 random bits of a trace id so many decide about sampling: what a double holds exactly. */
const decidingBits = 52;

export function traceConstants({
  relatesHost,
  usesOptions,
  writesHeaders,
  ratio,
}: TraceSettings): NonNullable<OpenOptions['constants']> {
  return {
    is_tracing: true,
    is_relating_host: relatesHost,
    is_using_options: usesOptions,
    is_writing_headers: writesHeaders,
    default_bound: boundOf(ratio),
    trace_seed: randomBytes(16),
  };
}

/** Tells the capture programs of processes, by host pid. */
export class TracePolicies {
  readonly #map: BpfMap;

  constructor(map: BpfMap) {
    this.#map = map;
  }

  set(hostPid: number, { ratio, staysOnThread, hasTurns }: ProcessTraces): void {
    const value = Buffer.alloc(TracePolicy.size);
    value.writeBigUInt64LE(boundOf(ratio), TracePolicy.at.bound);
    const flags = (staysOnThread ? TracePolicyFlag.threads : 0) | (hasTurns ? TracePolicyFlag.turns : 0);
    value.writeUInt32LE(flags, TracePolicy.at.flags);
    this.#map.update(u32(hostPid), value);
  }

  delete(hostPid: number): void {
    this.#map.delete(u32(hostPid));
  }
}

function boundOf(ratio: number): bigint {
  return BigInt(Math.ceil(Math.min(Math.max(ratio, 0), 1) * 2 ** decidingBits));
}
