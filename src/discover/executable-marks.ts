import { closeSync, openSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type ElfSection, readAt, readSections, SHT_STRTAB, scan } from '../lib/elf.ts';
import type { Language } from '../span/service.ts';
import { log } from '../telemetry/log.ts';

/** What an executable alone says of its language, '' when nothing. */
export type Marked = Language | '';

const maxCached = 1000;
/** Symbols beyond this are not looked at. */
const maxSymbolBytes = 64 << 20;
/** Fewer symbols are looked at without leaving the thread: it takes less than a millisecond. */
const maxWaitedForBytes = 1 << 20;
const maxBuildIdBytes = 256;
/** A read that takes longer is told of, and again whenever that much more time has passed. */
const longMs = 2000;
/** A symbol that is looked for is no longer. */
const overlapBytes = 16;

interface Executable {
  readonly symbols: readonly { readonly offset: number; readonly size: number }[];
  readonly symbolBytes: number;
  readonly isGo: boolean;
  /** The same for every copy of the program, whichever file it is; empty when it has none. */
  readonly build: string;
}

/** Marks of executables. Each is read once for all its processes and copies, by its file and by the id of its build. */
export class ExecutableMarks {
  readonly #marks = new Map<string, Marked | Promise<Marked>>();

  /** Undefined when it has so many symbols that it has to be read in the background: see `read`. */
  quick(path: string): Marked | undefined {
    const file = fileKey(path);
    if (file === undefined) return '';
    const known = this.#marks.get(file);
    if (known !== undefined) return typeof known === 'string' ? known : undefined;
    let fd: number | undefined;
    try {
      fd = openSync(path, 'r');
      const executable = executableIn(fd);
      const mark = this.#ofBuild(executable) ?? quickMark(fd, executable);
      if (mark === undefined) return undefined;
      this.#keep(file, mark);
      if (executable.build !== '') this.#keep(executable.build, mark);
      return typeof mark === 'string' ? mark : undefined;
    } catch {
      // Gone meanwhile, or not to be read: then there is nothing that its file can tell.
      return '';
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  async read(path: string): Promise<Marked> {
    const file = fileKey(path);
    if (file === undefined) return '';
    const reading = this.#marks.get(file) ?? this.#readOnce(path);
    this.#keep(file, reading);
    const mark = await reading;
    this.#keep(file, mark);
    return mark;
  }

  async #readOnce(path: string): Promise<Marked> {
    let file: FileHandle | undefined;
    try {
      file = await open(path);
      const executable = executableIn(file.fd);
      const reading = this.#ofBuild(executable) ?? markIn(file, executable, path);
      if (executable.build === '') return await reading;
      this.#keep(executable.build, reading);
      const mark = await reading;
      this.#keep(executable.build, mark);
      return mark;
    } catch {
      return '';
    } finally {
      await file?.close();
    }
  }

  #ofBuild({ build }: Executable): Marked | Promise<Marked> | undefined {
    return build === '' ? undefined : this.#marks.get(build);
  }

  #keep(key: string, marked: Marked | Promise<Marked>): void {
    if (this.#marks.size >= maxCached && !this.#marks.has(key)) {
      const [oldest] = this.#marks.keys();
      this.#marks.delete(oldest ?? '');
    }
    this.#marks.set(key, marked);
  }
}

function fileKey(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

function executableIn(fd: number): Executable {
  const sections = readSections(fd) ?? [];
  const symbols = sections
    .filter(({ name, type }) => type === SHT_STRTAB && name !== '.shstrtab')
    .map(({ offset, size }) => ({ offset, size: Math.min(size, maxSymbolBytes) }));
  const symbolBytes = symbols.reduce((sum, { size }) => sum + size, 0);
  const id = buildId(fd, sections);
  return {
    symbols,
    symbolBytes,
    isGo: sections.some(({ name }) => name.endsWith('.gopclntab')),
    // A copy whose symbols were taken away has the same id.
    build: id === '' ? '' : `${id}:${symbolBytes}`,
  };
}

/** What the linker puts there differs between any two builds; the note as a whole serves as the id. */
function buildId(fd: number, sections: readonly ElfSection[]): string {
  const note = sections.find(({ name }) => name === '.note.gnu.build-id' || name === '.note.go.buildid');
  return note === undefined ? '' : readAt(fd, note.offset, Math.min(note.size, maxBuildIdBytes)).toString('hex');
}

function quickMark(fd: number, { isGo, symbols, symbolBytes }: Executable): Marked | undefined {
  if (isGo) return 'go';
  if (symbolBytes > maxWaitedForBytes) return undefined;
  return symbols.map(({ offset, size }) => markAmong(readAt(fd, offset, size))).find((mark) => mark !== '') ?? '';
}

/** Streamed, so that the size of a file is no matter to memory. */
async function markIn(file: FileHandle, { isGo, symbols, symbolBytes }: Executable, path: string): Promise<Marked> {
  if (isGo) return 'go';
  const startedMs = performance.now();
  let toldMs = startedMs;
  let doneBytes = 0;
  let found: Marked = '';
  for (const table of symbols) {
    const isFound = await scan(file, table, overlapBytes, (chunk) => {
      doneBytes += chunk.length;
      const nowMs = performance.now();
      if (nowMs - toldMs > longMs) {
        toldMs = nowMs;
        const percent = Math.min(99, Math.floor((100 * doneBytes) / symbolBytes));
        log.info('reading an executable takes long', {
          path,
          percent,
          seconds: Math.round((nowMs - startedMs) / 1000),
        });
      }
      found = markAmong(chunk);
      return found !== '';
    });
    if (isFound) break;
  }
  return found;
}

/** Rust and native Java by their symbols. */
function markAmong(symbols: Buffer): Marked {
  if (symbols.includes('rust_panic')) return 'rust';
  return symbols.includes('\0JVM_') || symbols.includes('\0graal_') ? 'java' : '';
}
