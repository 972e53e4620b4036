import type { FileHandle } from 'node:fs/promises';
import { type ElfSection, readAt, scan } from './elf.ts';

/** Words of the runtime's moduledata: the first points at the function table, another at the code. */
const textWord = 22;
const wordBytes = 8;
const relocationBytes = 24;
/** Relocations that add where the file is loaded, of x86-64 and of arm64. */
const relative = new Set([8, 1027]);
const dataSections = ['.go.module', '.noptrdata', '.data', '.data.rel.ro'];

/**
 * The address that the function table counts from. The table's own header has left it out since Go 1.26, and in files that are loaded
 * anywhere it is filled in at the start; the description of the module tells it, by its content or by its relocations.
 */
export async function goTextStart(
  file: FileHandle,
  sections: readonly ElfSection[],
  table: ElfSection,
  inHeader: number,
): Promise<number> {
  const module = (await moduleOf(file, sections, table)) ?? (await relocatedModule(file, sections, table));
  return module || inHeader || (sections.find(({ name }) => name === '.text')?.address ?? 0);
}

async function moduleOf(file: FileHandle, sections: readonly ElfSection[], table: ElfSection) {
  const pointer = Buffer.alloc(wordBytes);
  pointer.writeBigUInt64LE(BigInt(table.address));
  for (const name of dataSections) {
    const section = sections.find((one) => one.name === name);
    if (section === undefined) continue;
    let text = 0;
    await scan(file, section, (textWord + 1) * wordBytes, (chunk, at) => {
      for (let i = chunk.indexOf(pointer); i >= 0; i = chunk.indexOf(pointer, i + 1)) {
        if ((at + i) % wordBytes === 0) text ||= wordAt(file, section.offset + at + i + textWord * wordBytes);
      }
      return text !== 0;
    });
    if (text !== 0) return text;
  }
  return undefined;
}

async function relocatedModule(file: FileHandle, sections: readonly ElfSection[], table: ElfSection) {
  const relocations =
    sections.find(({ name }) => name === '.rela.dyn') ?? sections.find(({ name }) => name === '.rela');
  if (relocations === undefined) return undefined;
  const modules = new Set<number>();
  await eachRelative(file, relocations, (where, value) => {
    if (value === table.address) modules.add(where + textWord * wordBytes);
  });
  let text: number | undefined;
  await eachRelative(file, relocations, (where, value) => {
    if (modules.has(where)) text = value;
  });
  return text;
}

async function eachRelative(
  file: FileHandle,
  relocations: ElfSection,
  take: (where: number, value: number) => void,
): Promise<void> {
  let next = 0;
  await scan(file, relocations, relocationBytes - 1, (chunk, at) => {
    for (; next + relocationBytes <= at + chunk.length; next += relocationBytes) {
      const entry = next - at;
      if (!relative.has(chunk.readUInt32LE(entry + 8))) continue;
      take(Number(chunk.readBigUInt64LE(entry)), Number(chunk.readBigUInt64LE(entry + 16)));
    }
    return false;
  });
}

function wordAt(file: FileHandle, offset: number): number {
  const bytes = readAt(file.fd, offset, wordBytes);
  return bytes.length < wordBytes ? 0 : Number(bytes.readBigUInt64LE());
}
