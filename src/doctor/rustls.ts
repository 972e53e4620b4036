import { closeSync, openSync } from 'node:fs';
import { readAt, readSections } from '../lib/elf.ts';

/** Where the crate was compiled: that is told by panics, so it is in stripped programs as well. */
const mark = '/rustls-0.';
const chunkBytes = 1 << 20;

/** Whether a program has rustls in it. */
export function carriesRustls(path: string): boolean {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const { offset, size } = readSections(fd)?.find(({ name }) => name === '.rodata') ?? { offset: 0, size: 0 };
    for (let at = 0; at < size; at += chunkBytes - mark.length) {
      if (readAt(fd, offset + at, Math.min(chunkBytes, size - at)).includes(mark)) return true;
    }
    return false;
  } catch {
    // Gone meanwhile, or not to be read.
    return false;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
