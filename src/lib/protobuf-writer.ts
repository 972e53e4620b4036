/** Texts up to this are copied character by character: a call into the runtime costs more. */
const shortText = 48;

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

  fixed64(field: number, value: bigint): void {
    this.#varint(field * 8 + 1);
    this.#reserve(8);
    this.#length = this.#bytes.writeBigUInt64LE(value, this.#length);
  }

  /** The same in two words of 32 bits, the low one first. */
  fixed64Words(field: number, [low, high]: readonly [low: number, high: number]): void {
    this.#varint(field * 8 + 1);
    this.#reserve(8);
    this.#length = this.#bytes.writeUInt32LE(low, this.#length);
    this.#length = this.#bytes.writeUInt32LE(high, this.#length);
  }

  text(field: number, value: string): void {
    this.#varint(field * 8 + 2);
    if (value.length <= shortText && this.#ascii(value)) return;
    const length = Buffer.byteLength(value);
    this.#varint(length);
    this.#reserve(length);
    this.#length += this.#bytes.write(value, this.#length);
  }

  /** Bytes, given as hex digits. */
  hex(field: number, digits: string): void {
    const length = digits.length >> 1;
    this.#varint(field * 8 + 2);
    this.#varint(length);
    this.#reserve(length);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < digits.length; i += 2)
      bytes[at++] = (digit(digits.charCodeAt(i)) << 4) | digit(digits.charCodeAt(i + 1));
    this.#length = at;
  }

  /** A field, or several, written elsewhere. */
  copy(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  message(field: number, write: () => void): void {
    const at = this.begin(field);
    write();
    this.end(at);
  }

  /** What is written, after its length. */
  delimited(write: () => void): void {
    const at = this.#beginLength();
    write();
    this.end(at);
  }

  /** Begins a message; what it returns is given to `end`. */
  begin(field: number): number {
    this.#varint(field * 8 + 2);
    return this.#beginLength();
  }

  /** Begins a message of so many bytes: nothing ends it. */
  beginOf(field: number, length: number): void {
    this.#varint(field * 8 + 2);
    this.#varint(length);
  }

  /** The length is nearly always one byte or two; what it displaces is moved. */
  end(at: number): void {
    const length = this.#length - at;
    if (length < 128) {
      this.#bytes[at - 1] = length;
      return;
    }
    const more = varintBytes(length) - 1;
    this.#reserve(more);
    this.#bytes.copyWithin(at + more, at, this.#length);
    const end = this.#length + more;
    this.#length = at - 1;
    this.#varint(length);
    this.#length = end;
  }

  /** Bytes written since the last time. */
  get length(): number {
    return this.#length;
  }

  /** What was written since the last time. */
  take(): Buffer {
    return Buffer.from(this.view());
  }

  /** The same without a copy: good until something is written. */
  view(): Buffer {
    const written = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return written;
  }

  #beginLength(): number {
    this.#reserve(1);
    return ++this.#length;
  }

  /** Whether the text was written: it is when all of it is ASCII. */
  #ascii(value: string): boolean {
    const { length } = value;
    this.#reserve(length + 1);
    const bytes = this.#bytes;
    const at = this.#length;
    bytes[at] = length;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) return false;
      bytes[at + 1 + i] = code;
    }
    this.#length = at + 1 + length;
    return true;
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

/** Of the code of a small hex digit. */
function digit(code: number): number {
  return code < 58 ? code - 48 : code - 87;
}
