import { readAt } from './elf.ts';

export type Machine = 'x86-64' | 'arm64';

interface Segment {
  readonly offset: number;
  readonly address: number;
  readonly bytes: number;
}

/** How a file is laid out in memory. */
export interface ElfImage {
  readonly machine: Machine;
  /** Hex digits; undefined for a file without one. */
  readonly buildId: string | undefined;
  /** Where in the file the byte of this address is; undefined when the file does not hold it. */
  offsetOf(address: number): number | undefined;
}

const machines: Readonly<Record<number, Machine>> = { 62: 'x86-64', 183: 'arm64' };
const PT_LOAD = 1;
const PT_NOTE = 4;
const NT_GNU_BUILD_ID = 3;
const headerBytes = 64;
const segmentBytes = 56;
const maxSegments = 256;
const maxNoteBytes = 64 * 1024;

/** Reads the segments of a 64-bit little-endian ELF file of a machine that is supported; undefined for any other file. */
export function readImage(fd: number): ElfImage | undefined {
  const header = readAt(fd, 0, headerBytes);
  if (header.length < headerBytes || header.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const machine = machines[header.readUInt16LE(18)];
  const isReadable = header[4] === 2 && header[5] === 1 && header.readUInt16LE(54) === segmentBytes;
  if (machine === undefined || !isReadable) return undefined;
  const count = Math.min(header.readUInt16LE(56), maxSegments);
  const table = readAt(fd, Number(header.readBigUInt64LE(32)), count * segmentBytes);
  const loaded: Segment[] = [];
  let buildId: string | undefined;
  for (let at = 0; at + segmentBytes <= table.length; at += segmentBytes) {
    const type = table.readUInt32LE(at);
    const segment = segmentAt(table, at);
    if (type === PT_LOAD) loaded.push(segment);
    else if (type === PT_NOTE) buildId ??= buildIdIn(readAt(fd, segment.offset, Math.min(segment.bytes, maxNoteBytes)));
  }
  return {
    machine,
    buildId,
    offsetOf: (address) => {
      const holder = loaded.find((one) => address >= one.address && address < one.address + one.bytes);
      return holder && holder.offset + (address - holder.address);
    },
  };
}

function segmentAt(table: Buffer, at: number): Segment {
  return {
    offset: Number(table.readBigUInt64LE(at + 8)),
    address: Number(table.readBigUInt64LE(at + 16)),
    bytes: Number(table.readBigUInt64LE(at + 32)),
  };
}

/** Notes: sizes of name and content, type, name, content, each padded to four bytes. */
function buildIdIn(notes: Buffer): string | undefined {
  for (let at = 0; at + 12 <= notes.length; ) {
    const nameBytes = notes.readUInt32LE(at);
    const contentBytes = notes.readUInt32LE(at + 4);
    const contentAt = at + 12 + padded(nameBytes);
    const isGnu = notes.toString('latin1', at + 12, at + 12 + nameBytes) === 'GNU\0';
    if (isGnu && notes.readUInt32LE(at + 8) === NT_GNU_BUILD_ID) {
      return notes.toString('hex', contentAt, contentAt + contentBytes);
    }
    at = contentAt + padded(contentBytes);
  }
  return undefined;
}

function padded(bytes: number): number {
  return (bytes + 3) & ~3;
}
