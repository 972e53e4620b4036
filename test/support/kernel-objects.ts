import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export type ObjectKind = 'prog' | 'map' | 'link';

export interface KernelObject {
  readonly kind: ObjectKind;
  readonly id: number;
}

/** The BPF objects that a process holds, from its open descriptors. */
export function objectsOf(pid: number): KernelObject[] {
  const folder = `/proc/${pid}/fdinfo`;
  const ids = new Set<string>();
  for (const fd of readdirSync(folder)) {
    for (const [, kind, id] of textOf(`${folder}/${fd}`).matchAll(/^(prog|map|link)_id:\s*(\d+)$/gm))
      ids.add(`${kind} ${id}`);
  }
  return [...ids].map((text) => {
    const [kind, id] = text.split(' ');
    return { kind: kind as ObjectKind, id: Number(id) };
  });
}

/**
 * Those that the kernel still knows. Ids are never used again. Maps are looked at when the programs are gone: bpftool opens
 * what it lists, and a map of programs that is opened and closed while the kernel empties it is never freed.
 */
export function remaining(objects: readonly KernelObject[]): KernelObject[] {
  for (const kind of ['link', 'prog', 'map'] as const) {
    const ids = idsOf(kind);
    const left = objects.filter((one) => one.kind === kind && ids.has(one.id));
    if (left.length > 0) return left;
  }
  return [];
}

function idsOf(kind: ObjectKind): ReadonlySet<number> {
  const shown = execFileSync('bpftool', ['-j', kind, 'show'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return new Set((JSON.parse(shown) as { id: number }[]).map(({ id }) => id));
}

/** Empty when the descriptor was closed meanwhile. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
