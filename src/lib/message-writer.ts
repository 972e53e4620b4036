/** One field of a message: its number in protobuf and its name in protobuf's JSON form. */
export interface Field {
  readonly number: number;
  readonly name: string;
}

/**
 * Writes a message field by field, in one of the two forms of https://protobuf.dev/programming-guides/json/. Messages nest:
 * what `begin` or `item` returns is given back to `end`. Numbers are written although they may be the default.
 */
export interface MessageWriter {
  text(field: Field, value: string): void;
  boolean(field: Field, value: boolean): void;
  /** An integer of any width, not zigzag. */
  integer(field: Field, value: number): void;
  /** `sint32`. */
  signed(field: Field, value: number): void;
  fixed32(field: Field, value: number): void;
  /** Nanoseconds since the epoch. */
  time(field: Field, ns: bigint): void;
  /** A number in a field of type `fixed64`. */
  count(field: Field, value: number): void;
  double(field: Field, value: number): void;
  /** Bytes, given as hex digits. */
  id(field: Field, hex: string): void;
  counts(field: Field, values: ArrayLike<number>, from: number, to: number): void;
  doubles(field: Field, values: ArrayLike<number>): void;
  integers(field: Field, values: ArrayLike<number>): void;
  begin(field: Field): number;
  end(at: number): void;
  /** Around the items of a list of messages. */
  beginList(field: Field): void;
  item(field: Field): number;
  endList(): void;
  /** Bytes since the last `take`, about. */
  readonly length: number;
  /** What was written since the last time. */
  take(): Buffer;
}
