/** https://protobuf.dev/programming-guides/encoding/ */
export class ProtobufWriter {
  #bytes = Buffer.allocUnsafe(4096);
  #length = 0;

  uint(field: number, value: number): void {
    this.#varint(field * 8);
    this.#varint(value);
  }

  /** In the zigzag form of `sint32` and `sint64`. */
  sint(field: number, value: number): void {
    this.#varint(field * 8);
    this.#zigzag(value);
  }

  /** A packed list of `sint64`. */
  sints(field: number, values: readonly number[]): void {
    this.message(field, () => {
      for (const value of values) this.#zigzag(value);
    });
  }

  double(field: number, value: number): void {
    this.#varint(field * 8 + 1);
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  text(field: number, value: string): void {
    const length = Buffer.byteLength(value);
    this.#varint(field * 8 + 2);
    this.#varint(length);
    this.#reserve(length);
    this.#length += this.#bytes.write(value, this.#length);
  }

  message(field: number, write: () => void): void {
    this.#varint(field * 8 + 2);
    this.delimited(write);
  }

  /** What is written, after its length. The length is nearly always one byte or two; what it displaces is moved. */
  delimited(write: () => void): void {
    const start = this.#length;
    this.#reserve(1);
    this.#length++;
    write();
    const length = this.#length - start - 1;
    const more = varintBytes(length) - 1;
    this.#reserve(more);
    this.#bytes.copyWithin(start + 1 + more, start + 1, this.#length);
    const end = this.#length + more;
    this.#length = start;
    this.#varint(length);
    this.#length = end;
  }

  /** What was written since the last time. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  get length(): number {
    return this.#length;
  }

  #zigzag(value: number): void {
    this.#varint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  #varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = (rest % 128) + 128;
    this.#bytes[this.#length++] = rest;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe((this.#length + more) * 2);
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}
