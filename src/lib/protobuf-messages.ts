import type { Field, MessageWriter } from './message-writer.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

/** The binary form. */
export class ProtobufMessages implements MessageWriter {
  readonly #writer = new ProtobufWriter();

  text({ number }: Field, value: string): void {
    this.#writer.text(number, value);
  }

  boolean({ number }: Field, value: boolean): void {
    this.#writer.uint(number, value ? 1 : 0);
  }

  integer({ number }: Field, value: number): void {
    this.#writer.int(number, value);
  }

  signed({ number }: Field, value: number): void {
    this.#writer.sint(number, value);
  }

  fixed32({ number }: Field, value: number): void {
    this.#writer.fixed32(number, value);
  }

  time({ number }: Field, ns: bigint): void {
    this.#writer.fixed64(number, ns);
  }

  count({ number }: Field, value: number): void {
    this.#writer.fixed64(number, BigInt(value));
  }

  double({ number }: Field, value: number): void {
    this.#writer.double(number, value);
  }

  id({ number }: Field, hex: string): void {
    this.#writer.hex(number, hex);
  }

  counts({ number }: Field, values: ArrayLike<number>, from: number, to: number): void {
    this.#writer.fixed64s(number, values, from, to);
  }

  doubles({ number }: Field, values: ArrayLike<number>): void {
    this.#writer.doubles(number, values);
  }

  integers({ number }: Field, values: ArrayLike<number>): void {
    this.#writer.uints(number, values);
  }

  begin({ number }: Field): number {
    return this.#writer.begin(number);
  }

  end(at: number): void {
    this.#writer.end(at);
  }

  // a list is its items, one after the other
  beginList(): void {}

  item({ number }: Field): number {
    return this.#writer.begin(number);
  }

  endList(): void {}

  get length(): number {
    return this.#writer.length;
  }

  take(): Buffer {
    return this.#writer.take();
  }
}
