import type { FileHandle } from 'node:fs/promises';
import { type ElfSection, readAt } from './elf.ts';

/** What the linker of Go wrote about a program; stripping leaves it. */
export interface GoBuild {
  /** Of Go: 22 for go1.22.3; undefined for a version that is no release. */
  readonly minor: number | undefined;
  readonly version: string;
  /** Versions of the modules that are in it, by path. */
  readonly modules: ReadonlyMap<string, string>;
}

const magic = Buffer.from('\xff Go buildinf:', 'latin1');
const headerBytes = 32;
const flagsAt = 15;
/** The texts follow the header: since Go 1.18. */
const inlineFlag = 2;
/** Stand before and behind the list of modules. */
const sentinelBytes = 16;
const maxBytes = 1 << 20;

/** Format: src/debug/buildinfo/buildinfo.go of Go. */
export function readGoBuild({ fd }: FileHandle, sections: readonly ElfSection[]): GoBuild | undefined {
  const section = sections.find(({ name }) => name === '.go.buildinfo');
  if (section === undefined) return undefined;
  const bytes = readAt(fd, section.offset, Math.min(section.size, maxBytes));
  if (bytes.indexOf(magic) !== 0 || ((bytes[flagsAt] ?? 0) & inlineFlag) === 0) return undefined;
  const version = textAt(bytes, headerBytes);
  const list = textAt(bytes, version.end).text.slice(sentinelBytes, -sentinelBytes);
  const minor = /^go1\.(\d+)/.exec(version.text)?.[1];
  return {
    version: version.text,
    minor: minor === undefined ? undefined : Number(minor),
    modules: modulesIn(list),
  };
}

/** `dep`, path, version and hash in a line; a line with an arrow says what is there instead. */
function modulesIn(list: string): Map<string, string> {
  const modules = new Map<string, string>();
  let latest = '';
  for (const line of list.split('\n')) {
    const [word, path = '', version = ''] = line.split('\t');
    if (word === 'dep') latest = path;
    if (word === 'dep' || word === '=>') modules.set(latest, version);
  }
  return modules;
}

/** A text behind its length, which takes seven bits of a byte. */
function textAt(bytes: Buffer, at: number): { text: string; end: number } {
  let length = 0;
  let from = at;
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = bytes[from++] ?? 0;
    length |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  return { text: bytes.toString('latin1', from, from + length), end: from + length };
}

/** Whether a version of a module (`v1.2.3`) is that one or a later one; what is no version counts as the latest. */
export function isSince(version: string | undefined, since: string): boolean {
  const have = /^v(\d+)\.(\d+)\.(\d+)/.exec(version ?? '');
  if (have === null) return true;
  const wanted = since.split('.').map(Number);
  for (const [i, part] of wanted.entries()) {
    const own = Number(have[i + 1]);
    if (own !== part) return own > part;
  }
  return true;
}
