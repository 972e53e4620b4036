import { Counter } from './abi.gen.ts';
import type { BpfMap, BpfObject } from './addon.ts';

const key = Buffer.alloc(4);

/** Value of a counter of the kernel programs, summed over the CPUs. */
export function readCounter(map: BpfMap, index: number): number {
  key.writeUInt32LE(index);
  const perCpu = map.lookup(key);
  let sum = 0;
  for (let at = 0; at < (perCpu?.length ?? 0); at += 8) sum += Number(perCpu?.readBigUInt64LE(at));
  return sum;
}

/** All counters of the kernel programs by their name in `abi.h`: `lost_ring_full`. */
export function* readCounters(map: BpfMap): Iterable<{ name: string; value: number }> {
  for (const [name, index] of Object.entries(Counter)) {
    if (index !== Counter.max) yield { name: snakeCase(name), value: readCounter(map, index) };
  }
}

/**
 * Runs that the kernel itself left out because a program was busy on that CPU, for whatever process. They are no losses by themselves: what
 * was one of a captured connection is in `bytes_missed`.
 */
export interface MissedRuns {
  /** Of programs that capture. */
  readonly capture: number;
  /** Of those at all system calls of all processes. */
  readonly anyCall: number;
}

/** Their sections. */
const atAnyCall = ['tp_btf/sys_enter', 'tp_btf/sys_exit'];

/**
 * Where there are spares, nobody saw what all of them were left out of. Each is left out at times of its own: the one that was so least
 * often tells how many runs that may be at most, most often none.
 */
export function missedRuns(object: BpfObject, spares: readonly BpfObject[] = []): MissedRuns {
  const spared = new Set(spares[0]?.programs());
  const missed = { capture: 0, anyCall: 0 };
  for (const program of object.programs()) {
    const copies = [object, ...(spared.has(program) ? spares : [])].map((one) => one.programInfo(program));
    const isAtAnyCall = atAnyCall.includes(copies[0]?.section ?? '');
    missed[isAtAnyCall ? 'anyCall' : 'capture'] += Math.min(...copies.map(({ recursionMisses }) => recursionMisses));
  }
  return missed;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z0-9]+/g, (part, at: number) =>
    at > 0 && /[A-Z]/.test(part) ? `_${part.toLowerCase()}` : part,
  );
}
