import { HeadPart, HttpLimit } from '../kernel/abi.gen.ts';
import type { WebAnswer } from '../protocol/grpc-web.ts';

/** Answers being put together. Their exchange may never finish, so the oldest make room. */
const maxAnswers = 1024;
/** More than the kernel programs send of one chunk: the last message may be cut into several. */
const maxTail = 2 * HttpLimit.tailBytes;

interface Parts extends WebAnswer {
  head: string;
  headEnd: number;
  first: Buffer;
  tail: Buffer;
  end: number;
}

const nothing = Buffer.alloc(0);

/** What of answers to calls of gRPC-Web comes ahead of the records of their exchanges. */
export class AnswerParts {
  readonly #answers = new Map<string, Parts>();

  /** Takes the record of a part that begins at `at`. An interim head gives way to the next one. */
  addHead(record: Buffer, at: number): void {
    const answer = this.#of(record, at);
    const offset = record.readUInt32LE(at + HeadPart.at.offset);
    if (offset === 0) answer.head = '';
    else if (offset !== answer.headEnd) return;
    const bytes = bytesIn(record, at);
    answer.head += bytes.toString('latin1');
    answer.headEnd = offset + bytes.length;
  }

  addBody(record: Buffer, at: number): void {
    const answer = this.#of(record, at);
    const offset = record.readUInt32LE(at + HeadPart.at.offset);
    const bytes = Buffer.from(bytesIn(record, at));
    if (offset === 0) answer.first = bytes;
    answer.tail = offset === answer.end ? Buffer.concat([answer.tail, bytes]).subarray(-maxTail) : bytes;
    answer.end = offset + bytes.length;
  }

  /** What came; empty when nothing did. */
  take(connection: bigint, index: number): WebAnswer {
    const key = keyOf(connection, index);
    const answer = this.#answers.get(key) ?? blank();
    this.#answers.delete(key);
    return answer;
  }

  #of(record: Buffer, at: number): Parts {
    const key = keyOf(record.readBigUInt64LE(at + HeadPart.at.connection), record.readUInt32LE(at + HeadPart.at.index));
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    if (this.#answers.size >= maxAnswers) {
      const oldest = this.#answers.keys().next().value;
      if (oldest !== undefined) this.#answers.delete(oldest);
    }
    const answer = blank();
    this.#answers.set(key, answer);
    return answer;
  }
}

function blank(): Parts {
  return { head: '', headEnd: 0, first: nothing, tail: nothing, end: 0 };
}

function bytesIn(record: Buffer, at: number): Buffer {
  const from = at + HeadPart.at.data + record.readUInt16LE(at + HeadPart.at.from);
  return record.subarray(from, from + record.readUInt16LE(at + HeadPart.at.bytes));
}

function keyOf(connection: bigint, index: number): string {
  return `${connection}/${index}`;
}
