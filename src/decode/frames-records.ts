import {
  FramesEvent,
  FramesFlag,
  FramesLimit,
  FramesType,
  HttpEvent,
  HttpRole,
  StreamEvent,
} from '../kernel/abi.gen.ts';
import type { HttpOutcome as Reason } from '../protocol/http-facts.ts';
import { type FramesRecord, Http2Connection, type Side } from '../protocol/http2/connection.ts';
import { Stream, type StreamEnd } from '../protocol/http2/stream.ts';
import { streamSpan } from '../protocol/http2/stream-span.ts';
import type { Service } from '../span/service.ts';
import type { Span } from '../span/span.ts';
import { counters } from '../telemetry/counters.ts';
import { type Ends, endsIn, reasonOf, u64, unnamed } from './record-fields.ts';
import type { RequestHead } from './request-head.ts';
import type { Routes } from './routes.ts';

const at = FramesEvent.at;
const layout = {
  frameHead: FramesLimit.frameHead,
  prefixBytes: FramesLimit.prefixBytes,
  passedType: FramesType.passed,
  passedOppositeType: FramesType.passedOpposite,
};
/** Connections followed at once, and bytes that they keep together; those that were quiet for longest make room. */
const maxConnections = 16_384;
const maxBytes = 64 << 20;

export interface FramesRecordsOptions {
  /** Who a record is about, by host pid; undefined when nobody captured is known by it. */
  readonly serviceOf: (hostPid: number) => Service | undefined;
  readonly sensitiveQueryKeys: () => ReadonlySet<string> | undefined;
  readonly routes: Routes;
}

export interface OpenStreams {
  readonly hostPid: number;
  readonly side: Side;
  readonly count: number;
}

interface Followed {
  readonly connection: Http2Connection;
  readonly ends: Ends;
  bytes: number;
}

/** Turns the records of HTTP/2 frames into spans. */
export class FramesRecords {
  readonly #options: FramesRecordsOptions;
  /** By connection, in the order of their latest records. */
  readonly #followed = new Map<number, Followed>();
  #bytes = 0;
  /** Where the spans of the record in hand go, and how its connection ended. */
  #spans: Span[] = [];
  #closedBy: Reason = 'complete';

  constructor(options: FramesRecordsOptions) {
    this.#options = options;
  }

  /** Streams that are open, by the process that has them. */
  open(): readonly OpenStreams[] {
    return [...this.#followed.values()].flatMap(({ connection }) => {
      const { side } = connection;
      return side === undefined ? [] : connection.open().map((hostPid) => ({ hostPid, side, count: 1 }));
    });
  }

  /** Reads the record [start, end) and adds the spans of the streams that end with it. */
  read(bytes: Buffer, start: number, end: number, spans: Span[]): void {
    const id = u64(bytes, start + at.connection);
    const flags = bytes[start + at.flags] ?? 0;
    const known = this.#followed.get(id);
    this.#spans = spans;
    if (known !== undefined) this.#forget(id, known);
    if ((flags & FramesFlag.closed) !== 0) {
      this.#closedBy = reasonOf(bytes[start + at.outcome], known?.connection.side === 'server');
      known?.connection.close(recordOf(bytes, start, end));
      return;
    }
    const followed =
      known ?? this.#open(endsIn(bytes, start, at), bytes[start + at.role], (flags & FramesFlag.oldConnection) === 0);
    followed.connection.read(recordOf(bytes, start, end));
    this.#remember(id, followed);
  }

  /** The struct http_event at `start` is of a request that was answered by going on as HTTP/2, as stream 1. */
  upgrade(bytes: Buffer, start: number, { method, target, host }: RequestHead): void {
    const id = u64(bytes, start + HttpEvent.at.connection);
    const followed = this.#open(endsIn(bytes, start, HttpEvent.at), bytes[start + HttpEvent.at.role], true);
    const fields = { ':method': method, ':path': target, ':authority': host };
    const startNs = u64(bytes, start + HttpEvent.at.startNs);
    const stream = new Stream(
      1,
      bytes.readUInt32LE(start + HttpEvent.at.pid),
      Object.entries(fields).map(([name, value]) => ({ name, value, size: 0 })),
      u64(bytes, start + HttpEvent.at.arrivalNs),
      startNs,
    );
    followed.connection.upgraded(stream, u64(bytes, start + HttpEvent.at.requestBytes));
    this.#remember(id, followed);
  }

  /** The struct stream_event at `start`: what a library says of a stream. */
  said(bytes: Buffer, start: number): void {
    const { connection, stream, handlerNs, route } = StreamEvent.at;
    this.#followed
      .get(u64(bytes, start + connection))
      ?.connection.handled(
        bytes.readUInt32LE(start + stream),
        u64(bytes, start + handlerNs),
        this.#options.routes.of(bytes.readUInt32LE(start + route)),
      );
  }

  #open(ends: Ends, role: number | undefined, isWhole: boolean): Followed {
    const connection = new Http2Connection({
      layout,
      side: sideOf(role),
      isWhole,
      onStream: (stream, side, streamEnd, endNs) => this.#tell(ends, stream, side, streamEnd, endNs),
      onLoss: (loss) => counters.add('records_undecoded', `http2_${loss}`),
    });
    return { connection, ends, bytes: 0 };
  }

  #remember(id: number, followed: Followed): void {
    followed.bytes = followed.connection.bytes;
    this.#bytes += followed.bytes;
    this.#followed.set(id, followed);
    while (this.#bytes > maxBytes || this.#followed.size > maxConnections) {
      const [oldest] = this.#followed;
      if (oldest === undefined) return;
      this.#forget(...oldest);
      counters.add('records_undecoded', 'http2_connections_full');
    }
  }

  #forget(id: number, { bytes }: Followed): void {
    this.#bytes -= bytes;
    this.#followed.delete(id);
  }

  #tell({ local, remote }: Ends, stream: Stream, side: Side, end: StreamEnd, endNs: number): void {
    const service = this.#options.serviceOf(stream.pid);
    if (service === undefined) {
      counters.add('records_undecoded', 'unknown_process');
      return;
    }
    unnamed({ local, remote });
    this.#spans.push(
      streamSpan(stream, side, end, endNs, {
        service,
        peer: side === 'server' ? remote : local,
        host: side === 'server' ? local : remote,
        closedBy: this.#closedBy,
        sensitiveQueryKeys: this.#options.sensitiveQueryKeys(),
      }),
    );
  }
}

function recordOf(bytes: Buffer, start: number, end: number): FramesRecord {
  return {
    isSent: bytes[start + at.direction] === 1,
    index: bytes.readUInt32LE(start + at.index),
    continued: bytes.readUInt32LE(start + at.continued),
    pid: bytes.readUInt32LE(start + at.pid),
    nowNs: u64(bytes, start + at.nowNs),
    arrivalNs: u64(bytes, start + at.arrivalNs),
    bytes,
    from: start + at.data,
    to: end,
  };
}

function sideOf(role: number | undefined): Side | undefined {
  if (role === HttpRole.server) return 'server';
  return role === HttpRole.client ? 'client' : undefined;
}
