import { readGoBuild } from '../lib/go-build.ts';
import { log } from '../telemetry/log.ts';
import { Binary } from './binary.ts';
import { type GoProcess, goProcessOf } from './go-process.ts';
import type { MappedFile } from './mapped-files.ts';
import type { Probe, ProbeFamily } from './probe-family.ts';

/** What can be probed in a file. */
export interface Analysis {
  readonly probes: readonly Probe[];
  /** Of a program in Go whose version is known. */
  readonly go: GoProcess | undefined;
}

const maxFiles = 4096;
const nothing: Analysis = { probes: [], go: undefined };

/** What is known of the files of this machine; each is read once, and copies of one build as one. */
export class Analyses {
  readonly #families: readonly ProbeFamily[];
  readonly #byFile = new Map<string, Promise<Analysis>>();
  readonly #byBuild = new Map<string, Analysis>();

  constructor(families: readonly ProbeFamily[]) {
    this.#families = families;
  }

  /** `paths`: ways to get at the file. */
  of({ key, path }: MappedFile, paths: readonly string[]): Promise<Analysis> {
    // An inode is given to another file some day.
    const name = `${key} ${path}`;
    const known = this.#byFile.get(name);
    if (known !== undefined) return known;
    const reading = this.#read(paths, path);
    if (this.#byFile.size >= maxFiles) this.#byFile.clear();
    this.#byFile.set(name, reading);
    return reading;
  }

  async #read(paths: readonly string[], name: string): Promise<Analysis> {
    for (const path of paths) {
      try {
        const read = await Binary.read(path, (binary) => this.#look(binary));
        return read ?? nothing;
      } catch (error) {
        log.debug('cannot look into a file', { file: name, at: path, error: (error as Error).message });
      }
    }
    return nothing;
  }

  async #look(binary: Binary): Promise<Analysis> {
    const { buildId } = binary.image;
    const known = buildId === undefined ? undefined : this.#byBuild.get(buildId);
    if (known !== undefined) return known;
    const symbols = await binary.functions(this.#families.flatMap((family) => family.symbols));
    const probes: Probe[] = [];
    for (const family of this.#families) {
      for (const probe of await family.find(binary, symbols)) probes.push({ library: family.name, ...probe });
    }
    const build = readGoBuild(binary.file, binary.sections);
    const analysis = { probes, go: build && goProcessOf(build) };
    if (buildId !== undefined) {
      if (this.#byBuild.size >= maxFiles) this.#byBuild.clear();
      this.#byBuild.set(buildId, analysis);
    }
    return analysis;
  }
}
