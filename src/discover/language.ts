import type { Language } from '../span/service.ts';
import { ExecutableMarks } from './executable-marks.ts';
import type { ProcFs } from './proc-fs.ts';
import type { Process } from './process.ts';

/** Libraries that only one runtime maps. */
const runtimes: readonly (readonly [RegExp, Language])[] = [
  [/\/libcoreclr\.so/, 'dotnet'],
  [/\/libjvm\.so/, 'java'],
  [/\/libpython3[^/\n]*\.so/, 'python'],
  [/\/libruby-[^/\n]*\.so/, 'ruby'],
];

/** Interpreters that are linked statically: by the name of a mapped file. */
const interpreters: readonly (readonly [RegExp, Language])[] = [
  [/\/(node|deno)( \(deleted\))?$/m, 'nodejs'],
  [/\/ruby[0-9.]*( \(deleted\))?$/m, 'ruby'],
  [/\/python[0-9.]*( \(deleted\))?$/m, 'python'],
  [/\/mono(-sgen)?( \(deleted\))?$/m, 'dotnet'],
];

/**
 * Which language a process is written in. Executables with many symbols are read in the background, the others at once, so
 * that the first request that is told of already has the language.
 */
export class Languages {
  readonly #proc: ProcFs;
  readonly #marks = new ExecutableMarks();

  constructor(proc: ProcFs) {
    this.#proc = proc;
  }

  /** The language as far as it is known without waiting; undefined when the executable has to be read first. */
  known(process: Process): Language | undefined {
    const maps = this.#proc.maps(process.pid);
    const byRuntime = first(runtimes, maps);
    if (byRuntime !== undefined) return byRuntime;
    const byInterpreter = first(interpreters, maps);
    // An interpreter's own executable may well carry the marks of other languages: Deno is written in Rust.
    if (byInterpreter !== undefined) return byInterpreter;
    const marked = this.#marks.quick(this.#proc.exePath(process.pid));
    if (marked === undefined) return undefined;
    return marked === '' ? byLibrary(process, maps) : marked;
  }

  async detect(process: Process): Promise<Language> {
    const known = this.known(process);
    if (known !== undefined) return known;
    await this.#marks.read(this.#proc.exePath(process.pid));
    return this.known(process) ?? byLibrary(process, this.#proc.maps(process.pid));
  }
}

function first(table: readonly (readonly [RegExp, Language])[], maps: string): Language | undefined {
  return table.find(([pattern]) => pattern.test(maps))?.[1];
}

function byLibrary(process: Process, maps: string): Language {
  if (process.exe.includes('php')) return 'php';
  return /\/lib(std)?c\+\+\.so/.test(maps) ? 'cpp' : 'generic';
}
