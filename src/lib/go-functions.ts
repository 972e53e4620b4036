import type { FileHandle } from 'node:fs/promises';
import { type ElfSection, readAt, scan } from './elf.ts';
import { goTextStart } from './go-module.ts';

export interface GoFunction {
  readonly address: number;
  readonly bytes: number;
}

/** Header of the function table since Go 1.18 and since 1.20; older ones lack the calling convention by registers. */
const magics = new Set([0xfffffff0, 0xfffffff1]);
const headerBytes = 72;
const maxFunctions = 2_000_000;
const rowBytes = 8;

interface Table {
  readonly section: ElfSection;
  readonly count: number;
  readonly textStart: number;
  readonly namesAt: number;
  readonly namesBytes: number;
  readonly rowsAt: number;
}

/**
 * Where the functions of these names are, by the table that the Go runtime itself needs and that no stripping removes. Format:
 * https://go.dev/s/go12symtab and src/internal/abi/symtab.go. Names are looked for in one pass, functions in another.
 */
export async function findGoFunctions(
  file: FileHandle,
  sections: readonly ElfSection[],
  names: readonly string[],
): Promise<ReadonlyMap<string, GoFunction>> {
  const found = new Map<string, GoFunction>();
  const table = await readTable(file, sections);
  if (table === undefined) return found;
  const places = await placesOf(file, table, names);
  if (places.size === 0) return found;
  const rows = readAt(file.fd, table.section.offset + table.rowsAt, (table.count + 1) * rowBytes);
  const base = await goTextStart(file, sections, table.section, table.textStart);
  let next = 0;
  const part = { offset: table.section.offset + table.rowsAt, size: table.section.size - table.rowsAt };
  // What describes each function lies in the order of the rows.
  await scan(file, part, rowBytes, (chunk, at) => {
    for (; next < table.count; next++) {
      const factsAt = rows.readUInt32LE(next * rowBytes + 4) - at;
      if (factsAt + rowBytes > chunk.length) return false;
      const name = factsAt < 0 ? undefined : places.get(chunk.readUInt32LE(factsAt + 4));
      if (name === undefined) continue;
      const start = rows.readUInt32LE(next * rowBytes);
      found.set(name, { address: base + start, bytes: rows.readUInt32LE((next + 1) * rowBytes) - start });
    }
    return true;
  });
  return found;
}

async function readTable(file: FileHandle, sections: readonly ElfSection[]): Promise<Table | undefined> {
  const section = sections.find(({ name }) => name.endsWith('.gopclntab')) ?? (await hiddenTable(file, sections));
  if (section === undefined) return undefined;
  const header = readAt(file.fd, section.offset, headerBytes);
  if (header.length < headerBytes || !isHeader(header, 0)) return undefined;
  const word = (index: number) => Number(header.readBigUInt64LE(8 + index * 8));
  const [count, textStart, namesAt, unitsAt, rowsAt] = [word(0), word(2), word(3), word(4), word(7)];
  if (count > maxFunctions || namesAt > unitsAt || rowsAt + count * rowBytes > section.size) return undefined;
  return { section, count, textStart, namesAt, namesBytes: unitsAt - namesAt, rowsAt };
}

/** Linkers of C put it among other data that is relocated. */
async function hiddenTable(file: FileHandle, sections: readonly ElfSection[]): Promise<ElfSection | undefined> {
  if (!sections.some(({ name }) => name === '.go.buildinfo')) return undefined;
  for (const section of sections.filter(({ name }) => name === '.data.rel.ro' || name === '.rodata')) {
    let begin: number | undefined;
    await scan(file, section, headerBytes, (chunk, at) => {
      for (let i = chunk.indexOf(0xff); i >= 0 && i + 8 <= chunk.length; i = chunk.indexOf(0xff, i + 1)) {
        if (i >= 1 && isHeader(chunk, i - 1)) begin ??= at + i - 1;
      }
      return begin !== undefined;
    });
    if (begin === undefined) continue;
    const { address, offset, size } = section;
    return { ...section, address: address + begin, offset: offset + begin, size: size - begin };
  }
  return undefined;
}

/** Magic number, two zeros, the least length of an instruction, the size of a pointer. */
function isHeader(bytes: Buffer, at: number): boolean {
  if (at + 8 > bytes.length || !magics.has(bytes.readUInt32LE(at))) return false;
  return bytes[at + 4] === 0 && bytes[at + 5] === 0 && [1, 4].includes(bytes[at + 6] ?? 0) && bytes[at + 7] === 8;
}

async function placesOf(file: FileHandle, table: Table, names: readonly string[]): Promise<Map<number, string>> {
  const places = new Map<number, string>();
  const wanted = names.map((name) => ({ name, bytes: Buffer.from(`\0${name}\0`) }));
  const overlap = Math.max(0, ...wanted.map(({ bytes }) => bytes.length)) - 1;
  const part = { offset: table.section.offset + table.namesAt, size: table.namesBytes };
  await scan(file, part, overlap, (chunk, at) => {
    for (const { name, bytes } of wanted) {
      const i = chunk.indexOf(bytes);
      if (i >= 0) places.set(at + i + 1, name);
    }
    return places.size === names.length;
  });
  return places;
}
