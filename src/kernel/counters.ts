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
 * Runs that the kernel itself left out because a program was busy on that CPU. Where there are spares, each of them had to be: those that
 * were left out least tell how many that may be at most.
 */
export function missedRuns(object: BpfObject, spares: readonly BpfObject[] = []): number {
  const spared = new Set(spares[0]?.programs());
  return object
    .programs()
    .map((program) => [object, ...(spared.has(program) ? spares : [])].map((one) => one.programInfo(program)))
    .reduce((sum, copies) => sum + Math.min(...copies.map(({ recursionMisses }) => recursionMisses)), 0);
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z0-9]+/g, (part, at: number) =>
    at > 0 && /[A-Z]/.test(part) ? `_${part.toLowerCase()}` : part,
  );
}
