import { HeadPart, HttpLimit } from '../kernel/abi.gen.ts';

/** Parts being put together. Their exchange may never finish, so the oldest make room. */
const maxTexts = 1024;

interface Text {
  readonly bytes: Buffer;
  end: number;
}

/**
 * What of a head does not fit into the record of its exchange. It comes ahead of the record, in parts that overlap nothing and
 * may have holes where the ring was full: what lies behind a hole is not used.
 */
export class HeadParts {
  readonly #texts = new Map<string, Text>();
  readonly #limit: number;

  /** `limit`: the kernel programs send no part that begins behind so many bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get isEmpty(): boolean {
    return this.#texts.size === 0;
  }

  /** Takes the record of a part that begins at `at`. */
  add(record: Buffer, at: number): void {
    const key = keyOf(record.readBigUInt64LE(at + HeadPart.at.connection), record.readUInt32LE(at + HeadPart.at.index));
    const offset = record.readUInt32LE(at + HeadPart.at.offset);
    const from = at + HeadPart.at.data + record.readUInt16LE(at + HeadPart.at.from);
    const count = record.readUInt16LE(at + HeadPart.at.bytes);
    const text = this.#texts.get(key) ?? { bytes: Buffer.alloc(this.#limit + HttpLimit.partBytes), end: 0 };
    if (text.end === 0) this.#remember(key, text);
    if (text.end !== 0 && offset !== text.end) return;
    record.copy(text.bytes, offset, from, from + count);
    text.end = offset + count;
  }

  /** The bytes up to the end of the last part, those before the first one zero; undefined when none came. */
  take(connection: bigint, index: number): Buffer | undefined {
    const key = keyOf(connection, index);
    const text = this.#texts.get(key);
    this.#texts.delete(key);
    return text?.bytes.subarray(0, text.end);
  }

  #remember(key: string, text: Text): void {
    if (this.#texts.size >= maxTexts) {
      const oldest = this.#texts.keys().next().value;
      if (oldest !== undefined) this.#texts.delete(oldest);
    }
    this.#texts.set(key, text);
  }
}

function keyOf(connection: bigint, index: number): string {
  return `${connection}/${index}`;
}
