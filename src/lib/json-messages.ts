import type { Field, MessageWriter } from './message-writer.ts';

/** The JSON form. The message itself is begun and ended like any other. */
export class JsonMessages implements MessageWriter {
  #text = '';
  #isFirst = true;

  constructor() {
    this.#text = '{';
  }

  text(field: Field, value: string): void {
    this.#write(field, JSON.stringify(value));
  }

  boolean(field: Field, value: boolean): void {
    this.#write(field, String(value));
  }

  integer(field: Field, value: number): void {
    this.#write(field, String(value));
  }

  signed(field: Field, value: number): void {
    this.#write(field, String(value));
  }

  fixed32(field: Field, value: number): void {
    this.#write(field, String(value));
  }

  time(field: Field, ns: bigint): void {
    this.#write(field, `"${ns}"`);
  }

  count(field: Field, value: number): void {
    this.#write(field, String(value));
  }

  double(field: Field, value: number): void {
    this.#write(field, String(value));
  }

  id(field: Field, hex: string): void {
    this.#write(field, `"${hex}"`);
  }

  counts(field: Field, values: ArrayLike<number>, from: number, to: number): void {
    this.#write(field, `[${Array.from(values).slice(from, to).join()}]`);
  }

  doubles(field: Field, values: ArrayLike<number>): void {
    this.#write(field, `[${Array.from(values).join()}]`);
  }

  integers(field: Field, values: ArrayLike<number>): void {
    this.doubles(field, values);
  }

  begin(field: Field): number {
    this.#write(field, '{');
    this.#isFirst = true;
    return 0;
  }

  end(): void {
    this.#text += '}';
    this.#isFirst = false;
  }

  beginList(field: Field): void {
    this.#write(field, '[');
    this.#isFirst = true;
  }

  item(): number {
    this.#text += this.#isFirst ? '{' : ',{';
    this.#isFirst = true;
    return 0;
  }

  endList(): void {
    this.#text += ']';
    this.#isFirst = false;
  }

  get length(): number {
    return this.#text.length;
  }

  take(): Buffer {
    const taken = Buffer.from(`${this.#text}}`);
    this.#text = '{';
    this.#isFirst = true;
    return taken;
  }

  #write(field: Field, value: string): void {
    this.#text += this.#isFirst ? `"${field.name}":${value}` : `,"${field.name}":${value}`;
    this.#isFirst = false;
  }
}
