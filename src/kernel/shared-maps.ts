import type { BpfMap, BpfObject } from './addon.ts';

const names = ['targets', 'target_filter', 'target_epoch', 'counters'] as const;

/** Maps that the process programs make and the capture programs share with them. */
export type SharedMaps = { readonly [name in (typeof names)[number]]: BpfMap };

export function sharedMaps(processes: BpfObject): SharedMaps {
  return Object.fromEntries(names.map((name) => [name, processes.map(name)])) as SharedMaps;
}
