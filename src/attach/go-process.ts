import type { GoBuild } from '../lib/go-build.ts';

/** Places in structs of the Go runtime: runtime.g.goid and runtime.m.curg. */
export interface GoProcess {
  readonly goid: number;
  readonly curg: number;
}

/** By the minor version from which on they are true. Patch releases have never moved them. */
const places: readonly (readonly [number, GoProcess])[] = [
  [25, { goid: 152, curg: 184 }],
  [23, { goid: 160, curg: 192 }],
  [18, { goid: 152, curg: 192 }],
];
/** The newest that was looked into: nobody knows about later ones. */
const newest = 26;

export function goProcessOf({ minor }: GoBuild): GoProcess | undefined {
  if (minor === undefined || minor > newest) return undefined;
  return places.find(([since]) => minor >= since)?.[1];
}
