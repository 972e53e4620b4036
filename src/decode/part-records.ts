import { HeadPart } from '../kernel/abi.gen.ts';

/** Exchanges with parts being put together. One may never finish, so the oldest make room. */
const maxExchanges = 1024;

/** Bytes of a message that come ahead of the record of its exchange. */
export interface Part {
  /** Of the exchange. */
  readonly key: string;
  readonly offset: number;
  /** A view of the record. */
  readonly bytes: Buffer;
}

/** The part whose record begins at `at`. */
export function partIn(record: Buffer, at: number): Part {
  const from = at + HeadPart.at.data + record.readUInt16LE(at + HeadPart.at.from);
  return {
    key: keyOf(record.readBigUInt64LE(at + HeadPart.at.connection), record.readUInt32LE(at + HeadPart.at.index)),
    offset: record.readUInt32LE(at + HeadPart.at.offset),
    bytes: record.subarray(from, from + record.readUInt16LE(at + HeadPart.at.bytes)),
  };
}

/** What is put together of parts, by exchange. */
export class ByExchange<T> {
  readonly #held = new Map<string, T>();

  get isEmpty(): boolean {
    return this.#held.size === 0;
  }

  /** That of the exchange of a part; a new one when this is its first. */
  of(key: string, make: () => T): T {
    const known = this.#held.get(key);
    if (known !== undefined) return known;
    if (this.#held.size >= maxExchanges) {
      const oldest = this.#held.keys().next().value;
      if (oldest !== undefined) this.#held.delete(oldest);
    }
    const made = make();
    this.#held.set(key, made);
    return made;
  }

  /** Gives up what came for an exchange; undefined when nothing did. */
  take(connection: bigint, index: number): T | undefined {
    const key = keyOf(connection, index);
    const held = this.#held.get(key);
    this.#held.delete(key);
    return held;
  }
}

function keyOf(connection: bigint, index: number): string {
  return `${connection}/${index}`;
}
