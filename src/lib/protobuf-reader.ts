/** One field of a message: https://protobuf.dev/programming-guides/encoding/ */
export interface ProtobufField {
  readonly number: number;
  /** The value of a varint, or undefined. */
  readonly varint: number | undefined;
  /** The bytes of a message, a text or a fixed-width number; empty for a varint. */
  readonly bytes: Buffer;
  /** The field as it stands in the message. */
  readonly whole: Buffer;
}

const fixedWidths: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/** @throws RangeError when the bytes are no message. */
export function* protobufFields(message: Buffer): Iterable<ProtobufField> {
  const nothing = Buffer.alloc(0);
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message.readUInt8(at++);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const start = at;
    const tag = varint();
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (wire === 0) {
      const value = varint();
      yield { number, varint: value, bytes: nothing, whole: message.subarray(start, at) };
      continue;
    }
    const length = wire === 2 ? varint() : fixedWidths[wire];
    if (length === undefined || at + length > message.length) throw new RangeError('not a protobuf message');
    const end = at + length;
    yield { number, varint: undefined, bytes: message.subarray(at, end), whole: message.subarray(start, end) };
    at = end;
  }
}
