import { readFileSync } from 'node:fs';
import { release, version } from 'node:os';
import type { Addon, BpfMap, BpfObject, OpenOptions } from './addon.ts';

/**
 * The kernel leaves a run of a program out while an earlier run of the same program is not over on that CPU. Where it may put programs
 * aside for other tasks, that happens to servers with several threads: one waits for its turn in the midst of the program,
 * the next one sends or receives. So there such programs hang on their hooks more than once, and those further copies are called
 * spares: sequence numbers show each copy what another one has seen. See docs/decisions/kernels.md.
 */
export const sparesWhereWanted = 3;

/** Each copy works on a run of its own. */
const ownMaps = ['work'];

/** Whether the kernel may put programs of this section aside. Tracepoints allow that since 7.0; kprobes never do. */
export function mayBePutAside(
  section: string,
  kernel = { release: release(), isPreemptible: isPreemptible() },
): boolean {
  if (!kernel.isPreemptible) return false;
  if (section.startsWith('tp_btf/')) return Number.parseInt(kernel.release, 10) >= 7;
  return section.startsWith('fentry/') || section.startsWith('fexit/');
}

/** What the kernel was built for, and what it was told since, where that can be read. */
function isPreemptible(): boolean {
  if (!/\bPREEMPT/.test(version())) return false;
  try {
    return !/\((none|voluntary)\)/.test(readFileSync('/sys/kernel/debug/sched/preempt', 'utf8'));
  } catch {
    return true;
  }
}

/** Copies of those programs of `capture`, attached. */
export function openSpares(
  addon: Addon,
  options: {
    readonly path: string;
    readonly capture: BpfObject;
    /** What the programs of `capture` were told. */
    readonly constants: NonNullable<OpenOptions['constants']>;
    readonly programs: readonly string[];
    readonly count: number;
  },
): BpfObject[] {
  const { path, capture, programs, count } = options;
  const spares: BpfObject[] = [];
  if (programs.length === 0) return spares;
  const shared = capture.maps().filter((name) => !name.includes('.') && !ownMaps.includes(name));
  const reuse: Record<string, BpfMap> = Object.fromEntries(shared.map((name) => [name, capture.map(name)]));
  const constants = { ...options.constants, is_spare: true };
  try {
    while (spares.length < count) {
      const spare = addon.openObject(path, { reuse, constants, programs });
      spares.push(spare);
      spare.load();
      for (const program of programs) spare.attach(program);
    }
  } catch (error) {
    for (const spare of spares) spare.close();
    throw error;
  }
  return spares;
}
