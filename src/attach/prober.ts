import type { ProcFs } from '../discover/proc-fs.ts';
import type { Process } from '../discover/process.ts';
import type { Selected } from '../discover/selected.ts';
import type { ProbePrograms, TlsCounts } from '../kernel/probes.ts';
import { within } from '../lib/within.ts';
import type { Part } from '../pipeline/part.ts';
import type { Service } from '../span/service.ts';
import { counters } from '../telemetry/counters.ts';
import { Analyses } from './analyses.ts';
import type { GoQuestions } from './go-library.ts';
import { familiesFor } from './list.ts';
import { type MappedFile, mappedFiles } from './mapped-files.ts';
import { ProbedFiles } from './probed-files.ts';

export interface ProberOptions {
  readonly proc: ProcFs;
  readonly programs: ProbePrograms;
  /** What is asked of libraries in Go; undefined: nothing. */
  readonly go: GoQuestions | undefined;
}

interface Watched {
  readonly process: Process;
  service: Service;
  readonly files: Set<string>;
  looking: Promise<void> | undefined;
  isAskedAgain: boolean;
}

/** A program maps its libraries after it was started, some of them when they are first needed. */
const laterMs = [100, 2000];
/** The start waits no longer than this for large files. */
const settleMs = 3000;
/** Probes that nobody needs stay for a while: whoever comes next is seen from the first request on. */
const keepUnusedMs = 30_000;

/**
 * Puts probes into the files that selected processes run. A probe belongs to the file: whoever else runs it meets it too, and is left
 * alone by the programs. Each file is looked through once, probed once, and left when the last selected process is gone.
 */
export class Prober implements Part {
  readonly name = 'probes';
  readonly #options: ProberOptions;
  readonly #analyses: Analyses;
  readonly #watched = new Map<number, Watched>();
  readonly #files: ProbedFiles;
  readonly #later = new Set<NodeJS.Timeout>();
  /** Services that are to be left alone. */
  readonly #paused = new Set<string>();
  #isStopped = false;

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#analyses = new Analyses(familiesFor(options.go));
    this.#files = new ProbedFiles(options.programs);
  }

  /** Waits for the probes of those that are there already: their next request is to be seen whole. */
  async start(): Promise<void> {
    await within(this.#settled(), settleMs);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#later) clearTimeout(timer);
    this.#files.stop();
    await this.#settled();
    this.#options.programs.close();
  }

  add({ process, service }: Selected): void {
    this.remove(process);
    const watched = { process, service, files: new Set<string>(), looking: undefined, isAskedAgain: false };
    this.#watched.set(process.hostPid, watched);
    this.#look(watched);
    for (const ms of laterMs) {
      const timer = setTimeout(() => {
        this.#later.delete(timer);
        this.look(process.hostPid);
      }, ms);
      this.#later.add(timer.unref());
    }
  }

  /** Its service has another name now. */
  changed({ process, service }: Selected): void {
    const watched = this.#watched.get(process.hostPid);
    if (watched !== undefined) watched.service = service;
  }

  remove({ hostPid }: Process): void {
    const watched = this.#watched.get(hostPid);
    if (watched === undefined) return;
    this.#watched.delete(hostPid);
    this.#options.programs.forget(hostPid);
    for (const key of this.#filesLeft(watched)) this.#files.leave(key, hostPid, keepUnusedMs);
  }

  #filesLeft({ files }: Watched): string[] {
    const keys = [...files];
    files.clear();
    return keys;
  }

  /** Probes the processes of a service, or takes out at once what nobody else needs. */
  probe(service: Service, isWanted: boolean): void {
    const key = keyOf(service);
    if (this.#paused.has(key) !== isWanted) return;
    if (isWanted) this.#paused.delete(key);
    else this.#paused.add(key);
    for (const watched of this.#watched.values()) {
      if (keyOf(watched.service) !== key) continue;
      const { hostPid } = watched.process;
      if (!isWanted) for (const file of this.#filesLeft(watched)) this.#files.leave(file, hostPid, 0);
      else {
        this.#options.programs.forgetSessions(hostPid);
        this.#look(watched);
      }
    }
  }

  /** Whether there are probes in any process of the service. */
  isProbed(service: Service): boolean {
    const key = keyOf(service);
    const own = [...this.#watched.values()].filter((watched) => keyOf(watched.service) === key);
    return own.some(({ process }) => this.familiesOf(process.hostPid).length > 0);
  }

  /** The process may have mapped something since it was last looked at. */
  look(hostPid: number): void {
    const watched = this.#watched.get(hostPid);
    if (watched !== undefined) this.#look(watched);
  }

  /** Which libraries of a process have probes. */
  familiesOf(hostPid: number): readonly string[] {
    const keys = [...(this.#watched.get(hostPid)?.files ?? [])];
    return [...new Set(keys.flatMap((key) => this.#files.familiesOf(key)))];
  }

  async #settled(): Promise<void> {
    await Promise.all([...this.#watched.values()].map(({ looking }) => looking));
  }

  #look(watched: Watched): void {
    if (this.#isStopped || !this.#options.programs.areOfUse || this.#paused.has(keyOf(watched.service))) return;
    if (watched.looking !== undefined) {
      watched.isAskedAgain = true;
      return;
    }
    watched.looking = this.#lookOnce(watched).finally(() => {
      watched.looking = undefined;
      if (!watched.isAskedAgain) return;
      watched.isAskedAgain = false;
      this.#look(watched);
    });
  }

  async #lookOnce(watched: Watched): Promise<void> {
    const { proc } = this.#options;
    const { pid, hostPid, exeName } = watched.process;
    for (const file of mappedFiles(proc.maps(pid))) {
      if (watched.files.has(file.key)) continue;
      const analysis = await this.#analyses.of(file, pathsOf(proc, pid, file));
      if (this.#isLeft(watched)) return;
      if (analysis.go !== undefined && this.#options.go !== undefined)
        this.#options.programs.describeGo(hostPid, analysis.go);
      if (analysis.probes.length === 0) continue;
      const isProbed = this.#files.use(file, pathsOf(proc, pid, file), analysis, hostPid);
      if (!isProbed) counters.add('instrumentation_errors', `attaching_uprobe ${exeName}`);
      watched.files.add(file.key);
    }
  }

  #isLeft(watched: Watched): boolean {
    const isWatched = this.#watched.get(watched.process.hostPid) === watched;
    return this.#isStopped || !isWatched || this.#paused.has(keyOf(watched.service));
  }

  /** How much of a process's TLS is seen; undefined while it has had no connection with TLS. */
  encryptedOf(hostPid: number): TlsCounts | undefined {
    return this.#isStopped ? undefined : this.#options.programs.tlsOf(hostPid);
  }
}

function keyOf({ name, namespace }: Service): string {
  return JSON.stringify([namespace, name]);
}

/** The first also leads to deleted files; it asks for a capability more than the second. */
function pathsOf(proc: ProcFs, pid: number, { range, path }: MappedFile): string[] {
  return [`${proc.root}/${pid}/map_files/${range}`, `${proc.root}/${pid}/root${path}`];
}
