import { FrameFlag, FrameType, unpadded } from './frame.ts';
import { type Field, HeaderTable } from './header-table.ts';

/** Of a block in all its frames. */
const maxBlockBytes = 262_144;

export interface BlocksSink {
  readonly onFields: (stream: number, fields: Field[], isEnd: boolean) => void;
  /** A block that cannot be read; the header table is not whole any more. */
  readonly onBroken: () => void;
}

interface Block {
  readonly stream: number;
  readonly isEnd: boolean;
  /** Of PUSH_PROMISE: read for the table alone. */
  readonly isPromise: boolean;
  readonly pieces: Buffer[];
  bytes: number;
}

/** The header blocks of one direction: https://www.rfc-editor.org/rfc/rfc9113#section-4.3 */
export class HeaderBlocks {
  readonly #sink: BlocksSink;
  readonly #table: HeaderTable;
  #block: Block | undefined;

  constructor(sink: BlocksSink, isWhole: boolean) {
    this.#sink = sink;
    this.#table = new HeaderTable(isWhole);
  }

  /** What the table keeps. */
  get bytes(): number {
    return this.#table.bytes;
  }

  /** HEADERS or PUSH_PROMISE. */
  begin(type: number, flags: number, stream: number, payload: Buffer): void {
    const isPromise = type === FrameType.pushPromise;
    const bare = unpadded(payload, type, flags);
    // the promised stream's number stands before the block
    const piece = isPromise ? bare?.subarray(4) : bare;
    if (piece === undefined) {
      this.#break();
      return;
    }
    const isEnd = !isPromise && (flags & FrameFlag.endStream) !== 0;
    this.#block = { stream, isEnd, isPromise, pieces: [], bytes: 0 };
    this.goOn(flags, stream, piece);
  }

  /** CONTINUATION. */
  goOn(flags: number, stream: number, piece: Buffer): void {
    const block = this.#block;
    if (block === undefined || block.stream !== stream) return; // its beginning was not seen
    const isWhole = (flags & FrameFlag.endHeaders) !== 0;
    block.bytes += piece.length;
    if (block.bytes > maxBlockBytes) {
      this.#break();
      return;
    }
    // what is kept must be copied: pieces lie in a buffer that is used again
    block.pieces.push(isWhole ? piece : Buffer.from(piece));
    if (!isWhole) return;
    this.#block = undefined;
    const fields = this.#table.decode(block.pieces.length === 1 ? piece : Buffer.concat(block.pieces));
    if (fields === undefined) this.#sink.onBroken();
    else if (!block.isPromise) this.#sink.onFields(stream, fields, block.isEnd);
  }

  /** Frames were missed. */
  forget(): void {
    this.#block = undefined;
    this.#table.forget();
  }

  #break(): void {
    this.forget();
    this.#sink.onBroken();
  }
}
