import type { FileHandle } from 'node:fs/promises';
import { type ElfSection, SHT_DYNSYM, SHT_SYMTAB, scan } from './elf.ts';

export interface ElfSymbol {
  readonly address: number;
  readonly bytes: number;
}

const symbolBytes = 24;
const STT_FUNC = 2;
/** A table of names beyond this size is not looked through. */
const maxNamesBytes = 256 << 20;

/**
 * Where the functions of these names are. The tables are streamed: first the names, of which only the places of the wanted ones are
 * kept, then the symbols. Exported functions come first; the full table is looked at when none of those is there.
 */
export async function findFunctions(
  file: FileHandle,
  sections: readonly ElfSection[],
  names: readonly string[],
): Promise<ReadonlyMap<string, ElfSymbol>> {
  const found = new Map<string, ElfSymbol>();
  for (const type of [SHT_DYNSYM, SHT_SYMTAB]) {
    if (found.size > 0) break;
    const symbols = sections.find((section) => section.type === type);
    const texts = sections[symbols?.link ?? 0];
    if (symbols === undefined || texts === undefined || texts.size > maxNamesBytes) continue;
    const places = await placesOf(file, texts, names);
    if (places.size > 0) await readSymbols(file, symbols, places, found);
  }
  return found;
}

/** The linker lets a name share the end of a longer one: what counts is where it ends. */
async function placesOf(file: FileHandle, texts: ElfSection, names: readonly string[]): Promise<Map<number, string>> {
  const places = new Map<number, string>();
  const wanted = names.map((name) => ({ name, bytes: Buffer.from(`${name}\0`, 'latin1') }));
  const overlap = Math.max(0, ...wanted.map(({ bytes }) => bytes.length)) - 1;
  await scan(file, texts, overlap, (chunk, at) => {
    for (const { name, bytes } of wanted) {
      for (let i = chunk.indexOf(bytes); i >= 0; i = chunk.indexOf(bytes, i + 1)) places.set(at + i, name);
    }
    return false;
  });
  return places;
}

async function readSymbols(
  file: FileHandle,
  symbols: ElfSection,
  places: ReadonlyMap<number, string>,
  found: Map<string, ElfSymbol>,
): Promise<void> {
  let next = 0;
  await scan(file, symbols, symbolBytes - 1, (chunk, at) => {
    for (; next + symbolBytes <= at + chunk.length; next += symbolBytes) {
      const entry = next - at;
      const name = places.get(chunk.readUInt32LE(entry));
      if (name === undefined) continue;
      const isDefined = chunk.readUInt16LE(entry + 6) !== 0;
      if (!isDefined || ((chunk[entry + 4] ?? 0) & 15) !== STT_FUNC) continue;
      const address = Number(chunk.readBigUInt64LE(entry + 8));
      found.set(name, { address, bytes: Number(chunk.readBigUInt64LE(entry + 16)) });
    }
    return false;
  });
}
