import { type FileHandle, open } from 'node:fs/promises';
import { type ElfSection, readAt, readSections } from '../lib/elf.ts';
import { type ElfImage, readImage } from '../lib/elf-image.ts';
import { type ElfSymbol, findFunctions } from '../lib/elf-symbols.ts';

/** Bytes of a function that are looked at to choose a place in it. */
const headBytes = 256;
/** No function of interest is longer. */
const maxBodyBytes = 64 * 1024;

/** An executable or a library, open for reading. */
export class Binary {
  readonly image: ElfImage;
  readonly sections: readonly ElfSection[];
  readonly file: FileHandle;

  private constructor(file: FileHandle, image: ElfImage, sections: readonly ElfSection[]) {
    this.file = file;
    this.image = image;
    this.sections = sections;
  }

  /** Hands the file over while it is open; undefined when it is no ELF file of a supported machine. */
  static async read<T>(path: string, look: (binary: Binary) => Promise<T>): Promise<T | undefined> {
    const file = await open(path);
    try {
      const image = readImage(file.fd);
      const sections = image && readSections(file.fd);
      if (image === undefined || sections === undefined) return undefined;
      return await look(new Binary(file, image, sections));
    } finally {
      await file.close();
    }
  }

  functions(names: readonly string[]): Promise<ReadonlyMap<string, ElfSymbol>> {
    return findFunctions(this.file, this.sections, names);
  }

  /** The code at an address; empty when the file does not hold it. */
  code(address: number, bytes: number = headBytes): Buffer {
    const offset = this.image.offsetOf(address);
    return offset === undefined ? Buffer.alloc(0) : readAt(this.file.fd, offset, Math.min(bytes, maxBodyBytes));
  }
}
