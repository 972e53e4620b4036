import { FrameType } from './frame.ts';

/** Of a frame of which only a part is there yet; a longer one is followed and not kept. */
const maxPartBytes = 65536;

/** DATA that passed by on a stream. */
export interface PassedData {
  readonly stream: number;
  readonly bytes: number;
  readonly isEnd: boolean;
  /** In the direction that is not the reader's. */
  readonly isOpposite: boolean;
  readonly record: Buffer;
  /** Where in `record` the first bytes of it are. */
  readonly prefixAt: number;
}

export interface FrameSink {
  /** A whole frame. The payload is the reader's: what is kept of it must be copied. */
  readonly onFrame: (type: number, flags: number, stream: number, payload: Buffer) => void;
  readonly onData: (passed: PassedData) => void;
  /** Frames are missing, or the one in hand is too long. */
  readonly onLoss: () => void;
}

export interface FrameLayout {
  readonly frameHead: number;
  readonly prefixBytes: number;
  readonly passedType: number;
  readonly passedOppositeType: number;
}

/** Puts together the frames of one direction from the records that carry them: see bpf/abi_frames.h. */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #layout: FrameLayout;
  #nextIndex = 0;
  /** A frame that goes on in the next record. */
  #part: { readonly type: number; readonly flags: number; readonly stream: number; pieces: Buffer[] } | undefined;
  #left = 0;

  constructor(sink: FrameSink, layout: FrameLayout) {
    this.#sink = sink;
    this.#layout = layout;
  }

  /** Takes the frames [from, to) of record `index`, the first `continued` bytes of which belong to an earlier frame. */
  read(index: number, continued: number, record: Buffer, from: number, to: number): void {
    if (index !== this.#nextIndex || continued !== this.#left) {
      this.#part = undefined;
      this.#left = continued;
      this.#sink.onLoss();
    }
    this.#nextIndex = index + 1;
    let at = from;
    while (at < to) {
      at = this.#left > 0 ? this.#goOn(record, at, to) : this.#begin(record, at, to);
    }
  }

  /** Takes what the end of the connection tells: DATA of both directions. */
  readEnd(record: Buffer, from: number, to: number): void {
    for (let at = from; at < to; ) at = this.#begin(record, at, to);
  }

  #begin(record: Buffer, at: number, to: number): number {
    const { frameHead, prefixBytes, passedType, passedOppositeType } = this.#layout;
    const payloadAt = at + frameHead;
    if (payloadAt > to) return to;
    const bytes = record.readUIntBE(at, 3);
    const type = record[at + 3] ?? 0;
    const flags = record[at + 4] ?? 0;
    const stream = record.readUInt32BE(at + 5) & 0x7fffffff;
    const isOpposite = type === passedOppositeType;
    if (type === passedType || isOpposite) {
      if (payloadAt + prefixBytes > to) return to;
      this.#sink.onData({ stream, bytes, isEnd: (flags & 1) !== 0, isOpposite, record, prefixAt: payloadAt });
      return payloadAt + prefixBytes;
    }
    const end = payloadAt + bytes;
    if (end <= to) {
      this.#sink.onFrame(type, flags, stream, record.subarray(payloadAt, end));
      return end;
    }
    this.#part = { type, flags, stream, pieces: [Buffer.from(record.subarray(payloadAt, to))] };
    this.#left = end - to;
    if (bytes > maxPartBytes) this.#drop(type);
    return to;
  }

  #goOn(record: Buffer, at: number, to: number): number {
    const end = Math.min(at + this.#left, to);
    this.#left -= end - at;
    const part = this.#part;
    if (part === undefined) return end;
    part.pieces.push(Buffer.from(record.subarray(at, end)));
    if (this.#left > 0) return end;
    this.#part = undefined;
    this.#sink.onFrame(part.type, part.flags, part.stream, Buffer.concat(part.pieces));
    return end;
  }

  #drop(type: number): void {
    this.#part = undefined;
    if (type !== FrameType.goAway) this.#sink.onLoss();
  }
}
