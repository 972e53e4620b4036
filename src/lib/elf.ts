import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  /** Index of the section that belongs to it: of the strings of a symbol table. */
  readonly link: number;
}

/** Section types, https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.sheader.html */
export const SHT_SYMTAB = 2;
export const SHT_STRTAB = 3;
export const SHT_DYNSYM = 11;

const headerBytes = 64;
const sectionBytes = 64;
/** Executables have some dozens; a file that claims more is damaged or hostile. */
const maxSections = 4096;
const maxNameTableBytes = 1 << 20;

/**
 * The section table of a 64-bit little-endian ELF file; undefined when it is something else. Three short reads: whoever
 * needs it, needs it at once.
 */
export function readSections(fd: number): ElfSection[] | undefined {
  const header = readAt(fd, 0, headerBytes);
  if (header.length < headerBytes || header.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const isWide = header[4] === 2;
  const isLittleEndian = header[5] === 1;
  if (!isWide || !isLittleEndian || header.readUInt16LE(58) !== sectionBytes) return undefined;
  const count = Math.min(header.readUInt16LE(60), maxSections);
  const table = readAt(fd, Number(header.readBigUInt64LE(40)), count * sectionBytes);
  const raw = Array.from({ length: Math.floor(table.length / sectionBytes) }, (_, i) =>
    sectionAt(table, i * sectionBytes),
  );
  const names = raw[header.readUInt16LE(62)];
  if (names === undefined) return [];
  const text = readAt(fd, names.offset, Math.min(names.size, maxNameTableBytes));
  return raw.map(({ nameAt, ...section }) => ({ ...section, name: stringAt(text, nameAt) }));
}

function sectionAt(table: Buffer, at: number) {
  return {
    nameAt: table.readUInt32LE(at),
    type: table.readUInt32LE(at + 4),
    address: Number(table.readBigUInt64LE(at + 16)),
    offset: Number(table.readBigUInt64LE(at + 24)),
    size: Number(table.readBigUInt64LE(at + 32)),
    link: table.readUInt32LE(at + 40),
  };
}

function stringAt(text: Buffer, at: number): string {
  const end = text.indexOf(0, at);
  return at >= text.length ? '' : text.toString('latin1', at, end < 0 ? text.length : end);
}

/**
 * Passes a part of the file in chunks that overlap by `overlap` bytes, so that a text cut by the end of one chunk is whole
 * in the next. Ends when `take` answers true; it is told how far into the part the chunk begins.
 */
export async function scan(
  file: FileHandle,
  part: { readonly offset: number; readonly size: number },
  overlap: number,
  take: (chunk: Buffer, at: number) => boolean,
): Promise<boolean> {
  const buffer = Buffer.allocUnsafe(256 * 1024);
  let kept = 0;
  for (let done = 0; done < part.size; ) {
    const wanted = Math.min(buffer.length - kept, part.size - done);
    const { bytesRead } = await file.read(buffer, kept, wanted, part.offset + done);
    if (bytesRead === 0) return false;
    done += bytesRead;
    const end = kept + bytesRead;
    if (take(buffer.subarray(0, end), done - end)) return true;
    kept = Math.min(overlap, end);
    buffer.copy(buffer, 0, end - kept, end);
  }
  return false;
}

/** Fewer when the file ends before. */
export function readAt(fd: number, offset: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  let done = 0;
  while (done < bytes) {
    const bytesRead = readSync(fd, buffer, done, bytes - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}
