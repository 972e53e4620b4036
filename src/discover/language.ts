import { closeSync, openSync, type Stats, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { type ElfSection, readAt, readSections, SHT_STRTAB, scan } from '../lib/elf.ts';
import type { Language } from '../span/service.ts';
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
];

const maxCached = 1000;
/** Symbols beyond this are not looked at. */
const maxSymbolBytes = 64 << 20;
/** Fewer symbols are looked at without leaving the thread: it takes less than a millisecond. */
const maxWaitedForBytes = 1 << 20;

/** What the executable alone says, '' when nothing. */
type Marked = Language | '';

/**
 * Which language a process is written in. Executables are read once for each (device, inode); those with many symbols in
 * the background, the others at once, so that the first request that is told of already has the language.
 */
export class Languages {
  readonly #proc: ProcFs;
  readonly #marks = new Map<string, Marked | Promise<Marked>>();

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
    const marked = this.#markOf(process);
    if (typeof marked !== 'string') return undefined;
    return marked === '' ? byLibrary(process, maps) : marked;
  }

  #markOf(process: Process): Marked | Promise<Marked> | undefined {
    const key = this.#keyOf(process);
    if (key === undefined || this.#marks.has(key)) return this.#marks.get(key ?? '');
    const marked = quickMarkOf(this.#proc.exePath(process.pid));
    if (marked !== undefined) this.#keep(key, marked);
    return marked;
  }

  async detect(process: Process): Promise<Language> {
    const known = this.known(process);
    if (known !== undefined) return known;
    const key = this.#keyOf(process);
    if (key !== undefined) {
      const reading = this.#marks.get(key) ?? marksOf(this.#proc.exePath(process.pid));
      this.#keep(key, reading);
      this.#keep(key, await reading);
    }
    return this.known(process) ?? byLibrary(process, this.#proc.maps(process.pid));
  }

  #keep(key: string, marked: Marked | Promise<Marked>): void {
    if (this.#marks.size >= maxCached && !this.#marks.has(key)) {
      const [oldest] = this.#marks.keys();
      this.#marks.delete(oldest ?? '');
    }
    this.#marks.set(key, marked);
  }

  #keyOf(process: Process): string | undefined {
    try {
      const { dev, ino }: Stats = statSync(this.#proc.exePath(process.pid));
      return `${dev}:${ino}`;
    } catch {
      return undefined;
    }
  }
}

function first(table: readonly (readonly [RegExp, Language])[], maps: string): Language | undefined {
  return table.find(([pattern]) => pattern.test(maps))?.[1];
}

function byLibrary(process: Process, maps: string): Language {
  if (process.exe.includes('php')) return 'php';
  return /\/lib(std)?c\+\+\.so/.test(maps) ? 'cpp' : 'generic';
}

/** Go by its function table, Rust and native Java by their symbols; undefined when there are too many of these. */
function quickMarkOf(path: string): Marked | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const sections = readSections(fd) ?? [];
    if (sections.some(({ name }) => name.endsWith('.gopclntab'))) return 'go';
    const tables = symbolTables(sections);
    if (tables.reduce((sum, { size }) => sum + size, 0) > maxWaitedForBytes) return undefined;
    for (const { offset, size } of tables) {
      const found = markIn(readAt(fd, offset, size));
      if (found !== '') return found;
    }
    return '';
  } catch {
    // Gone meanwhile, or not to be read: then there is nothing that its file can tell.
    return '';
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

async function marksOf(path: string): Promise<Marked> {
  let file: Awaited<ReturnType<typeof open>> | undefined;
  try {
    file = await open(path);
    for (const table of symbolTables(readSections(file.fd) ?? [])) {
      let found: Marked = '';
      const isFound = await scan(file, table, 16, (chunk) => {
        found = markIn(chunk);
        return found !== '';
      });
      if (isFound) return found;
    }
  } catch {
    // As above.
  } finally {
    await file?.close();
  }
  return '';
}

function symbolTables(sections: readonly ElfSection[]): { readonly offset: number; readonly size: number }[] {
  return sections
    .filter(({ name, type }) => type === SHT_STRTAB && name !== '.shstrtab')
    .map(({ offset, size }) => ({ offset, size: Math.min(size, maxSymbolBytes) }));
}

function markIn(symbols: Buffer): Marked {
  if (symbols.includes('rust_panic')) return 'rust';
  return symbols.includes('\0JVM_') || symbols.includes('\0graal_') ? 'java' : '';
}
