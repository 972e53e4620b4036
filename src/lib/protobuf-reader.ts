/** One field of a message: https://protobuf.dev/programming-guides/encoding/ */
export interface ProtobufField {
  readonly number: number;
  /** The value of a varint, or undefined. */
  readonly varint: number | undefined;
  /** The bytes of a message, a text or a fixed-width number; empty for a varint. */
  readonly bytes: Buffer;
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
    const tag = varint();
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (wire === 0) {
      yield { number, varint: varint(), bytes: nothing };
      continue;
    }
    const length = wire === 2 ? varint() : fixedWidths[wire];
    if (length === undefined || at + length > message.length) throw new RangeError('not a protobuf message');
    yield { number, varint: undefined, bytes: message.subarray(at, at + length) };
    at += length;
  }
}
