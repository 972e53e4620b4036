import { HeadPart, HttpLimit } from '../kernel/abi.gen.ts';

/** Request lines being put together. Their exchange may never finish, so the oldest make room. */
const maxLines = 1024;

/**
 * Request lines longer than a record keeps. Their rest comes ahead of the record, in parts that overlap nothing and may have holes
 * where the ring was full: what lies behind a hole is not used.
 */
export class LongLines {
  readonly #lines = new Map<string, { bytes: Buffer; end: number }>();

  /** Takes the record of a part that begins at `at`. */
  add(record: Buffer, at: number): void {
    const key = keyOf(record.readBigUInt64LE(at + HeadPart.at.connection), record.readUInt32LE(at + HeadPart.at.index));
    const offset = record.readUInt32LE(at + HeadPart.at.offset);
    const from = at + HeadPart.at.data + record.readUInt16LE(at + HeadPart.at.from);
    const count = record.readUInt16LE(at + HeadPart.at.bytes);
    const line = this.#lines.get(key) ?? { bytes: Buffer.alloc(HttpLimit.targetBytes + HttpLimit.partBytes), end: 0 };
    if (line.end === 0) this.#remember(key, line);
    if (line.end !== 0 && offset !== line.end) return;
    record.copy(line.bytes, offset, from, from + count);
    line.end = offset + count;
  }

  /** Joins the first bytes of a head with its parts; undefined when none came. */
  take(connection: bigint, index: number, first: Buffer): Buffer | undefined {
    const key = keyOf(connection, index);
    const line = this.#lines.get(key);
    if (line === undefined) return undefined;
    this.#lines.delete(key);
    first.copy(line.bytes);
    return line.bytes.subarray(0, line.end);
  }

  #remember(key: string, line: { bytes: Buffer; end: number }): void {
    if (this.#lines.size >= maxLines) {
      const oldest = this.#lines.keys().next().value;
      if (oldest !== undefined) this.#lines.delete(oldest);
    }
    this.#lines.set(key, line);
  }
}

function keyOf(connection: bigint, index: number): string {
  return `${connection}/${index}`;
}
