import { HttpLimit } from '../kernel/abi.gen.ts';
import type { WebAnswer } from '../protocol/grpc-web.ts';
import { ByExchange, partIn } from './part-records.ts';

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
  readonly #answers = new ByExchange<Parts>();

  /** Takes the record of a part that begins at `at`. An interim head gives way to the next one. */
  addHead(record: Buffer, at: number): void {
    const { key, offset, bytes } = partIn(record, at);
    const answer = this.#answers.of(key, blank);
    if (offset === 0) answer.head = '';
    else if (offset !== answer.headEnd) return;
    answer.head += bytes.toString('latin1');
    answer.headEnd = offset + bytes.length;
  }

  addBody(record: Buffer, at: number): void {
    const { key, offset, bytes } = partIn(record, at);
    const answer = this.#answers.of(key, blank);
    const own = Buffer.from(bytes);
    if (offset === 0) answer.first = own;
    answer.tail = offset === answer.end ? Buffer.concat([answer.tail, own]).subarray(-maxTail) : own;
    answer.end = offset + own.length;
  }

  /** What came; empty when nothing did. */
  take(connection: bigint, index: number): WebAnswer {
    return this.#answers.take(connection, index) ?? blank();
  }
}

function blank(): Parts {
  return { head: '', headEnd: 0, first: nothing, tail: nothing, end: 0 };
}
