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

/** Those that the kernel still knows. Ids are never used again. */
export function remaining(objects: readonly KernelObject[]): KernelObject[] {
  return objects.filter(({ kind, id }) => {
    try {
      execFileSync('bpftool', [kind, 'show', 'id', String(id)], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

/** Empty when the descriptor was closed meanwhile. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
