import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cProgram } from './programs.ts';

/** The BPF objects that a process holds, from its open descriptors: `prog 12`, `map 5`, `link 7`. */
export function objectsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fdinfo`;
  const ids = new Set<string>();
  for (const fd of readdirSync(folder)) {
    for (const [, kind, id] of textOf(`${folder}/${fd}`).matchAll(/^(prog|map|link)_id:\s*(\d+)$/gm))
      ids.add(`${kind} ${id}`);
  }
  return [...ids];
}

/**
 * Those that the kernel still knows; ids are never used again. None is opened, as `bpftool prog show` opens the maps of what it
 * lists: an array of programs that is opened and closed while the kernel empties it is never freed.
 */
export function remaining(objects: readonly string[]): string[] {
  const known = new Set(execFileSync(cProgram('kernel_objects'), { encoding: 'utf8' }).split('\n'));
  return objects.filter((object) => known.has(object));
}

/** Empty when the descriptor was closed meanwhile. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
