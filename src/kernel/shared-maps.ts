import type { BpfMap, BpfObject } from './addon.ts';

const names = ['targets', 'target_filter', 'target_epoch', 'counters'] as const;

/** Maps that the process programs make and the capture programs share with them. */
export type SharedMaps = { readonly [name in (typeof names)[number]]: BpfMap };

export function sharedMaps(processes: BpfObject): SharedMaps {
  return mapsOf(processes, names);
}

/** Maps of an object by their names, as `OpenOptions.reuse` takes them. */
export function mapsOf<Name extends string>(object: BpfObject, of: readonly Name[]): Record<Name, BpfMap> {
  return Object.fromEntries(of.map((name) => [name, object.map(name)])) as Record<Name, BpfMap>;
}
