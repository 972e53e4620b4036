import { ErrorCode, FrameFlag, FrameType } from './frame.ts';
import { type FrameLayout, FrameReader, type PassedData } from './frame-reader.ts';
import { HeaderBlocks } from './header-blocks.ts';
import type { Field } from './header-table.ts';
import { fieldOf, Stream, type StreamEnd } from './stream.ts';
import { webTrailersOf } from './web-trailers.ts';

/** Streams of a connection that are open at once; nobody needs more. */
const maxStreams = 4096;

export type Side = 'server' | 'client';

/** One record of frames, and the moment that it tells of. */
export interface FramesRecord {
  readonly isSent: boolean;
  readonly index: number;
  readonly continued: number;
  readonly pid: number;
  readonly nowNs: number;
  readonly arrivalNs: number;
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
}

/** Why something of a connection cannot be told. */
export type FramesLoss = 'header_block' | 'frames_missing' | 'streams_full' | 'unpaired' | 'end_missing';

export interface ConnectionOptions {
  readonly layout: FrameLayout;
  /** Undefined: the first header block tells. */
  readonly side: Side | undefined;
  /** Its first bytes were seen, so that its header tables are known whole. */
  readonly isWhole: boolean;
  readonly onStream: (stream: Stream, side: Side, end: StreamEnd, endNs: number) => void;
  readonly onLoss: (loss: FramesLoss) => void;
}

interface Direction {
  readonly isSent: boolean;
  readonly reader: FrameReader;
  readonly blocks: HeaderBlocks;
}

const refused = { is: 'reset', by: 'server', code: ErrorCode.refusedStream } as const;

/** Follows the streams of one HTTP/2 connection: https://www.rfc-editor.org/rfc/rfc9113#section-5 */
export class Http2Connection {
  readonly #options: ConnectionOptions;
  readonly #received: Direction;
  readonly #sent: Direction;
  readonly #streams = new Map<number, Stream>();
  #side: Side | undefined;
  #now!: FramesRecord;
  #highest = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#side = options.side;
    this.#received = this.#direction(false);
    this.#sent = this.#direction(true);
  }

  /** Which end the process is, as far as it is known. */
  get side(): Side | undefined {
    return this.#side;
  }

  /** The process of each stream that is open. */
  open(): readonly number[] {
    return [...this.#streams.values()].map(({ pid }) => pid);
  }

  /** What it keeps, roughly. */
  get bytes(): number {
    return 1024 + this.#received.blocks.bytes + this.#sent.blocks.bytes + 512 * this.#streams.size;
  }

  /** The request that began the connection as HTTP/1 and is answered as stream 1. */
  upgraded(stream: Stream, requestBytes: number): void {
    stream.requestBody.bytes = requestBytes;
    stream.requestBody.isEnded = true;
    this.#streams.set(stream.id, stream);
    this.#highest = stream.id;
  }

  /** What a library of the server says of a request: when its handler began, and its route; 0 and empty when it does not. */
  handled(id: number, handlerNs: number, route: string): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    if (handlerNs !== 0) stream.handlerNs = handlerNs;
    if (route !== '') stream.route = route;
  }

  read(record: FramesRecord): void {
    this.#now = record;
    const { reader } = record.isSent ? this.#sent : this.#received;
    reader.read(record.index, record.continued, record.bytes, record.from, record.to);
  }

  /** The connection is over, as the record says. */
  close(record: FramesRecord): void {
    this.#now = record;
    this.#received.reader.readEnd(record.bytes, record.from, record.to);
    for (const stream of [...this.#streams.values()]) {
      if (stream.isDoubtful) this.#options.onLoss('end_missing');
      else this.#cutShort(stream, { is: 'closed' });
    }
    this.#streams.clear();
  }

  #direction(isSent: boolean): Direction {
    const direction: Direction = {
      isSent,
      blocks: new HeaderBlocks(
        {
          onFields: (stream, fields, isEnd) => this.#headers(direction, stream, fields, isEnd),
          onBroken: () => this.#options.onLoss('header_block'),
        },
        this.#options.isWhole,
      ),
      reader: new FrameReader(
        {
          onFrame: (type, flags, stream, payload) => this.#frame(direction, type, flags, stream, payload),
          onData: (passed) => this.#data(isSent === passed.isOpposite ? this.#received : this.#sent, passed),
          onLoss: () => this.#lost(direction),
        },
        this.#options.layout,
      ),
    };
    return direction;
  }

  #lost(direction: Direction): void {
    direction.blocks.forget();
    for (const stream of this.#streams.values()) stream.isDoubtful = true;
    this.#options.onLoss('frames_missing');
  }

  #frame(direction: Direction, type: number, flags: number, id: number, payload: Buffer): void {
    switch (type) {
      case FrameType.headers:
      case FrameType.pushPromise:
        direction.blocks.begin(type, flags, id, payload);
        break;
      case FrameType.continuation:
        direction.blocks.goOn(flags, id, payload);
        break;
      case FrameType.resetStream:
        this.#reset(direction, id, payload.length >= 4 ? payload.readUInt32BE(0) : 0);
        break;
      case FrameType.goAway:
        if (payload.length >= 8) this.#goAway(direction, payload.readUInt32BE(0) & 0x7fffffff);
        break;
      case FrameType.data:
        this.#webTrailers(direction, id, (flags & FrameFlag.endStream) !== 0, payload);
        break;
    }
  }

  #headers(direction: Direction, id: number, fields: Field[], isEnd: boolean): void {
    if (id % 2 === 0) return; // of a push
    this.#side ??= sideOf(direction.isSent, fields);
    if (this.#side === undefined) return;
    if (this.#isRequest(direction)) this.#requestHeaders(id, fields, isEnd);
    else this.#responseHeaders(id, fields, isEnd);
  }

  #isRequest({ isSent }: Direction): boolean {
    return isSent === (this.#side === 'client');
  }

  #requestHeaders(id: number, fields: Field[], isEnd: boolean): void {
    const open = this.#streams.get(id);
    if (open !== undefined || id <= this.#highest) {
      // trailers
      if (open !== undefined && isEnd) open.requestBody.isEnded = true;
      return;
    }
    this.#highest = id;
    if (this.#streams.size >= maxStreams) this.#dropOldest();
    const { pid, nowNs, arrivalNs } = this.#now;
    const stream = new Stream(id, pid, fields, this.#side === 'server' ? arrivalNs : nowNs, nowNs);
    stream.requestBody.isEnded = isEnd;
    this.#streams.set(id, stream);
  }

  #dropOldest(): void {
    const [oldest] = this.#streams.keys();
    if (oldest !== undefined) this.#streams.delete(oldest);
    this.#options.onLoss('streams_full');
  }

  #responseHeaders(id: number, fields: Field[], isEnd: boolean): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) {
      if (id > this.#highest) this.#options.onLoss('unpaired');
      return;
    }
    if (stream.response !== undefined) {
      stream.trailers = fields;
    } else {
      const status = fieldOf(fields, ':status');
      if (status.startsWith('1') && !isEnd) return; // interim
      stream.response = fields;
      stream.firstByteNs = this.#now.nowNs;
      // a tunnel begins: what passes through it is no answer
      if (status.startsWith('2') && fieldOf(stream.request, ':method') === 'CONNECT') {
        this.#finish(stream, { is: 'complete' }, this.#now.nowNs);
        return;
      }
    }
    if (isEnd) this.#finish(stream, { is: 'complete' }, this.#now.nowNs);
  }

  #data(direction: Direction, { stream: id, bytes, isEnd, record, prefixAt }: PassedData): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    const { nowNs } = this.#now;
    if (this.#isRequest(direction)) {
      stream.requestBody.add(bytes, record, prefixAt);
      stream.requestBody.isEnded ||= isEnd;
      return;
    }
    if (!stream.requestBody.isEnded && bytes > 0) stream.isInterleaved = true;
    stream.responseBody.add(bytes, record, prefixAt);
    if (isEnd) this.#finish(stream, { is: 'complete' }, nowNs);
  }

  /** The trailers of gRPC-Web are text in the body. */
  #webTrailers(direction: Direction, id: number, isEnd: boolean, payload: Buffer): void {
    const stream = this.#streams.get(id);
    if (stream === undefined || this.#isRequest(direction)) return;
    stream.trailers = webTrailersOf(payload);
    if (isEnd) this.#finish(stream, { is: 'complete' }, this.#now.nowNs);
  }

  #reset(direction: Direction, id: number, code: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    const by = this.#isRequest(direction) ? 'client' : 'server';
    this.#cutShort(stream, { is: 'reset', by, code });
  }

  /** The server will not answer requests after the `last` one: https://www.rfc-editor.org/rfc/rfc9113#section-6.8 */
  #goAway(direction: Direction, last: number): void {
    if (this.#isRequest(direction)) return;
    for (const stream of [...this.#streams.values()]) {
      if (stream.id > last) this.#finish(stream, refused, this.#now.nowNs);
    }
  }

  /** Something else than its last frame ends the stream. Some clients do so as soon as they have all that was announced. */
  #cutShort(stream: Stream, end: StreamEnd): void {
    this.#finish(stream, stream.isAnswered ? { is: 'complete' } : end, this.#now.nowNs);
  }

  #finish(stream: Stream, end: StreamEnd, endNs: number): void {
    this.#streams.delete(stream.id);
    if (this.#side !== undefined) this.#options.onStream(stream, this.#side, end, endNs);
  }
}

/** Requests have pseudo-headers of their own, as responses do; they are in the static table, so that every connection tells. */
function sideOf(isSent: boolean, fields: readonly Field[]): Side | undefined {
  if (fields.some(({ name }) => name === ':status')) return isSent ? 'server' : 'client';
  if (fields.some(({ name }) => name === ':method' || name === ':scheme')) return isSent ? 'client' : 'server';
  return undefined;
}
