import { HttpLimit } from '../kernel/abi.gen.ts';
import { ByExchange, partIn } from './part-records.ts';

interface Text {
  readonly bytes: Buffer;
  end: number;
}

/**
 * What of a head does not fit into the record of its exchange. It comes ahead of the record, in parts that overlap nothing and
 * may have holes where the ring was full: what lies behind a hole is not used.
 */
export class HeadParts {
  readonly #texts = new ByExchange<Text>();
  readonly #limit: number;

  /** `limit`: the kernel programs send no part that begins behind so many bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get isEmpty(): boolean {
    return this.#texts.isEmpty;
  }

  /** Takes the record of a part that begins at `at`. */
  add(record: Buffer, at: number): void {
    const { key, offset, bytes } = partIn(record, at);
    const text = this.#texts.of(key, () => ({ bytes: Buffer.alloc(this.#limit + HttpLimit.partBytes), end: 0 }));
    if (text.end !== 0 && offset !== text.end) return;
    bytes.copy(text.bytes, offset);
    text.end = offset + bytes.length;
  }

  /** The bytes up to the end of the last part, those before the first one zero; undefined when none came. */
  take(connection: bigint, index: number): Buffer | undefined {
    const text = this.#texts.take(connection, index);
    return text?.bytes.subarray(0, text.end);
  }
}
