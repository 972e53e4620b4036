import { huffmanText } from './huffman.ts';
import { staticTable } from './static-table.ts';

/** A header field. Its name is empty when it refers to a table entry that was not seen. */
export interface Field {
  readonly name: string;
  readonly value: string;
  /** What it takes of the table: https://www.rfc-editor.org/rfc/rfc7541#section-4.1 */
  readonly size: number;
}

export const unknownField: Field = { name: '', value: '', size: 0 };

const entryOverhead = 32;
/** Of the table at the start of a connection; an encoder says when it uses another. */
const defaultBytes = 4096;
/** Kept at most; entries beyond are unknown when an encoder refers to them. */
const limitBytes = 65536;

/**
 * Decodes the header blocks of one direction of a connection, in their order: https://www.rfc-editor.org/rfc/rfc7541. Where blocks
 * were missed the table is not whole: entries made since then are known, for references count back from the newest; those to
 * older ones yield `unknownField`. So an entry is never taken for another.
 */
export class HeaderTable {
  #isWhole: boolean;
  /** Oldest first; those before #first have left. */
  #entries: Field[] = [];
  #first = 0;
  #bytes = 0;
  #maxBytes = defaultBytes;
  #block: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  #isBroken = false;

  constructor(isWhole: boolean) {
    this.#isWhole = isWhole;
  }

  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** What the entries take, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Blocks were missed: how many entries they made nobody knows. */
  forget(): void {
    this.#isWhole = false;
    this.#entries = [];
    this.#first = 0;
    this.#bytes = 0;
  }

  /** The fields of a whole block; undefined when it is not right, after which the table is not whole any more. */
  decode(block: Buffer): Field[] | undefined {
    this.#block = block;
    this.#at = 0;
    this.#end = block.length;
    this.#isBroken = false;
    const fields: Field[] = [];
    while (this.#at < this.#end && !this.#isBroken) {
      const field = this.#field(block[this.#at] ?? 0);
      if (field !== undefined) fields.push(field);
    }
    if (!this.#isBroken) return fields;
    this.forget();
    return undefined;
  }

  /** One representation of https://www.rfc-editor.org/rfc/rfc7541#section-6; undefined for a change of size. */
  #field(first: number): Field | undefined {
    if (first >= 0x80) return this.#entry(this.#integer(7));
    if (first >= 0x40) {
      const field = this.#literal(6);
      this.#add(field);
      return field;
    }
    if (first >= 0x20) {
      this.#resize(this.#integer(5));
      return undefined;
    }
    return this.#literal(4);
  }

  #literal(prefixBits: number): Field {
    const index = this.#integer(prefixBits);
    const name = index === 0 ? this.#text() : this.#entry(index).name;
    const value = this.#text();
    return { name, value, size: name.length + value.length + entryOverhead };
  }

  #entry(index: number): Field {
    if (index <= staticTable.length) return staticTable[index - 1] ?? this.#broken();
    const at = this.#entries.length - (index - staticTable.length);
    if (at >= this.#first) return this.#entries[at] ?? this.#broken();
    return this.#isWhole ? this.#broken() : unknownField;
  }

  /** https://www.rfc-editor.org/rfc/rfc7541#section-5.1 */
  #integer(prefixBits: number): number {
    const mask = (1 << prefixBits) - 1;
    let value = this.#byte() & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    this.#broken();
    return 0;
  }

  #byte(): number {
    if (this.#at >= this.#end) this.#broken();
    return this.#block[this.#at++] ?? 0;
  }

  #text(): string {
    const isHuffman = ((this.#block[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#integer(7);
    const from = this.#at;
    const to = from + length;
    if (this.#isBroken || to > this.#end) return this.#broken().name;
    this.#at = to;
    if (!isHuffman) return this.#block.toString('latin1', from, to);
    return huffmanText(this.#block, from, to) ?? this.#broken().name;
  }

  #add(field: Field): void {
    if (this.#isBroken) return;
    this.#entries.push(field);
    this.#bytes += field.size;
    this.#evict();
  }

  #resize(bytes: number): void {
    if (bytes > limitBytes) this.#isWhole = false;
    this.#maxBytes = Math.min(bytes, limitBytes);
    this.#evict();
  }

  #evict(): void {
    while (this.#bytes > this.#maxBytes) this.#bytes -= this.#entries[this.#first++]?.size ?? this.#bytes;
    if (this.#first < 64 || this.#first * 2 < this.#entries.length) return;
    this.#entries.splice(0, this.#first);
    this.#first = 0;
  }

  #broken(): Field {
    this.#isBroken = true;
    return unknownField;
  }
}
