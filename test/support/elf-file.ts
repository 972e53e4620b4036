import { writeFileSync } from 'node:fs';

const SHT_PROGBITS = 1;
const SHT_STRTAB = 3;

interface Section {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Writes a 64-bit little-endian ELF file that has nothing but sections; string tables are those whose name ends in `str`. */
export function writeElf(path: string, sections: readonly Section[]): void {
  const all = [{ name: '', bytes: Buffer.alloc(0) }, ...sections];
  const names = Buffer.from([...all, { name: '.shstrtab' }].map(({ name }) => `${name}\0`).join(''));
  const whole = [...all, { name: '.shstrtab', bytes: names }];
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  let at = 64;
  const table = whole.map(({ name, bytes }, i) => {
    const entry = Buffer.alloc(64);
    entry.writeUInt32LE(names.indexOf(`${name}\0`), 0);
    entry.writeUInt32LE(i === 0 ? 0 : /str(tab)?$/.test(name) ? SHT_STRTAB : SHT_PROGBITS, 4);
    entry.writeBigUInt64LE(BigInt(at), 24);
    entry.writeBigUInt64LE(BigInt(bytes.length), 32);
    at += bytes.length;
    return entry;
  });
  header.writeBigUInt64LE(BigInt(at), 40);
  header.writeUInt16LE(64, 58);
  header.writeUInt16LE(whole.length, 60);
  header.writeUInt16LE(whole.length - 1, 62);
  writeFileSync(path, Buffer.concat([header, ...whole.map(({ bytes }) => bytes), ...table]));
}
