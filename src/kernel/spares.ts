import { readFileSync } from 'node:fs';
import { release, version } from 'node:os';
import type { Addon, BpfObject, OpenOptions } from './addon.ts';
import { mapsOf } from './shared-maps.ts';

/**
 * The kernel leaves a run of a program out while an earlier run of the same program is not over on that CPU. Where it may put programs
 * aside for other tasks, that happens to servers with several threads: one waits for its turn in the midst of the program,
 * the next one sends or receives. So there such programs hang on their hooks more than once, and those further copies are called
 * spares: sequence numbers show each copy what another one has seen. See docs/decisions/kernels.md.
 */
export const sparesWhereWanted = 3;

/** Each copy works on a run of its own. */
const ownMaps = ['work'];

/** What a kernel is like, as far as it matters here. */
interface Preemption {
  readonly release: string;
  readonly isPreemptible: boolean;
}

function runningKernel(): Preemption {
  return { release: release(), isPreemptible: isPreemptible() };
}

/** Whether the kernel may put programs of this section aside. Tracepoints allow that since 7.0; kprobes never do. */
export function mayBePutAside(section: string, kernel: Preemption): boolean {
  if (!kernel.isPreemptible) return false;
  if (section.startsWith('tp_btf/')) return Number.parseInt(kernel.release, 10) >= 7;
  return section.startsWith('fentry/') || section.startsWith('fexit/');
}

/** Whether it may put programs at tracepoints aside. */
export function putsTracepointsAside(): boolean {
  return mayBePutAside('tp_btf/', runningKernel());
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

/** Those of its programs that the kernel may put aside, or all that are made like those. */
export function sparedPrograms(capture: BpfObject, areAll: boolean): readonly string[] {
  const kernel = runningKernel();
  return capture.programs().filter((name) => {
    const { type, section } = capture.programInfo(name);
    return type === 'tracing' && (areAll || mayBePutAside(section, kernel));
  });
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
  const reuse = mapsOf(capture, shared);
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
