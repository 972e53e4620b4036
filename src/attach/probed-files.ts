import type { Link } from '../kernel/addon.ts';
import type { ProbePrograms } from '../kernel/probes.ts';
import { log } from '../telemetry/log.ts';
import type { Analysis } from './analyses.ts';
import type { MappedFile } from './mapped-files.ts';

/** A file with probes in it, and who runs it. */
interface Probed {
  readonly path: string;
  readonly families: readonly string[];
  readonly links: readonly Link[];
  readonly pids: Set<number>;
  unused: NodeJS.Timeout | undefined;
}

/** The files that have probes. Each is probed once, whoever runs it, and left when the last one is gone. */
export class ProbedFiles {
  readonly #programs: ProbePrograms;
  readonly #byKey = new Map<string, Probed>();
  #isStopped = false;

  constructor(programs: ProbePrograms) {
    this.#programs = programs;
  }

  /** A process runs the file, which lies at one of these paths. False when the file refuses its probes. */
  use(file: MappedFile, paths: readonly string[], analysis: Analysis, pid: number): boolean {
    const probed = this.#byKey.get(file.key) ?? this.#probe(file, paths, analysis);
    this.#byKey.set(file.key, probed);
    clearTimeout(probed.unused);
    probed.pids.add(pid);
    return probed.links.length > 0;
  }

  /** A process does not run the file any more; what nobody else needs goes after some time. */
  leave(key: string, pid: number, afterMs: number): void {
    const probed = this.#byKey.get(key);
    if (probed === undefined) return;
    probed.pids.delete(pid);
    if (probed.pids.size > 0 || this.#isStopped) return;
    clearTimeout(probed.unused);
    probed.unused = setTimeout(() => {
      this.#byKey.delete(key);
      for (const link of probed.links) link.destroy();
      if (probed.links.length > 0) log.info('probes are out', { file: probed.path });
    }, afterMs).unref();
  }

  familiesOf(key: string): readonly string[] {
    return this.#byKey.get(key)?.families ?? [];
  }

  /** Closing the programs takes the probes out. */
  stop(): void {
    this.#isStopped = true;
    for (const { unused } of this.#byKey.values()) clearTimeout(unused);
  }

  /** A file that refuses its probes is remembered as well, and not asked again. */
  #probe({ path }: MappedFile, paths: readonly string[], { probes: wanted }: Analysis): Probed {
    const probes = wanted.filter(({ program }) => this.#programs.has(program));
    const families = [...new Set(probes.flatMap(({ library }) => library ?? []))];
    const probed = { path, families, pids: new Set<number>(), unused: undefined };
    if (probes.length === 0) return { ...probed, families, links: [] };
    const told = { file: path, for: families.join(',') };
    try {
      const links = firstThatWorks(paths, (one) => this.#programs.attach(one, probes));
      const dear = probes.filter(({ isCheap }) => !isCheap).length;
      log.info('probes are in', { ...told, probes: probes.length, dear });
      return { ...probed, links };
    } catch (error) {
      log.warn('probes are refused', { ...told, error: (error as Error).message });
      return { ...probed, families: [], links: [] };
    }
  }
}

function firstThatWorks<T>(paths: readonly string[], attempt: (path: string) => T): T {
  let refused: unknown;
  for (const path of paths) {
    try {
      return attempt(path);
    } catch (error) {
      refused ??= error;
    }
  }
  throw refused;
}
