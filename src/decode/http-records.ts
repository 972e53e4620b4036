import { EventKind, HttpEvent, HttpLimit, HttpOutcome, HttpRole, TlsEvent, TraceLimit } from '../kernel/abi.gen.ts';
import { startAfter } from '../lib/record-start.ts';
import { grpcWebSpan } from '../protocol/grpc-web-span.ts';
import { type HttpFacts, httpSpan } from '../protocol/http-facts.ts';
import type { Service } from '../span/service.ts';
import type { Span } from '../span/span.ts';
import { counters } from '../telemetry/counters.ts';
import { AnswerParts } from './answer-parts.ts';
import { FramesRecords, type OpenStreams } from './frames-records.ts';
import { HeadParts } from './head-parts.ts';
import { type Ends, endsIn, reasonOf, u64, unnamed } from './record-fields.ts';
import { grpcTimeoutIn, readRequestHead } from './request-head.ts';
import { Routes } from './routes.ts';
import { traceFactsOf, traceStateOf } from './trace-facts.ts';

const at = HttpEvent.at;
/** Spans that go on at once. */
const portion = 128;
/** Connections whose ends are kept as text. */
const maxConnections = 4096;

export interface HttpRecordsOptions {
  /** Who a record is about, by host pid; undefined when nobody captured is known by it. */
  readonly serviceOf: (hostPid: number) => Service | undefined;
  /** A process that is captured has a connection with TLS. */
  readonly onTls?: (hostPid: number) => void;
}

/** Turns the records of the ring `events` into spans. */
export class HttpRecords {
  /** Undefined for the built-in list. */
  sensitiveQueryKeys: ReadonlySet<string> | undefined;
  readonly #options: HttpRecordsOptions;
  readonly #lines = new HeadParts(HttpLimit.targetBytes);
  readonly #states = new HeadParts(TraceLimit.stateBytes);
  readonly #answers = new AnswerParts();
  readonly #routes = new Routes();
  readonly #ends = new Map<number, Ends>();
  readonly #frames: FramesRecords;

  constructor(options: HttpRecordsOptions) {
    this.#options = options;
    this.#frames = new FramesRecords({
      serviceOf: options.serviceOf,
      sensitiveQueryKeys: () => this.sensitiveQueryKeys,
      routes: this.#routes,
    });
  }

  /** Streams of HTTP/2 that are open. */
  openStreams(): readonly OpenStreams[] {
    return this.#frames.open();
  }

  /**
   * Reads a batch as the ring hands it over; nothing of `bytes` is kept. Spans go on in small portions: those of a whole batch
   * would outlive the young generation of the heap and be collected at many times the price.
   */
  read(bytes: Buffer, ends: Uint32Array, count: number, onSpans: (spans: readonly Span[]) => void): void {
    let spans: Span[] = [];
    for (let i = 0, start = 0; i < count; i++) {
      const end = ends[i] ?? 0;
      const kind = bytes.readUInt16LE(start);
      if (kind === EventKind.http) {
        const span = this.#span(bytes, start, end);
        if (span !== undefined) spans.push(span);
      } else if (kind === EventKind.frames) this.#frames.read(bytes, start, end, spans);
      else if (kind === EventKind.headPart) this.#lines.add(bytes, start);
      else if (kind === EventKind.statePart) this.#states.add(bytes, start);
      else if (kind === EventKind.answerHead) this.#answers.addHead(bytes, start);
      else if (kind === EventKind.answerBody) this.#answers.addBody(bytes, start);
      else if (kind === EventKind.route) this.#routes.add(bytes, start);
      else if (kind === EventKind.stream) this.#frames.said(bytes, start);
      else if (kind === EventKind.tls) this.#options.onTls?.(bytes.readUInt32LE(start + TlsEvent.at.pid));
      else counters.add('records_undecoded', 'unknown_kind');
      start = startAfter(end);
      if (spans.length < portion) continue;
      onSpans(spans);
      spans = [];
    }
    if (spans.length > 0) onSpans(spans);
  }

  #span(bytes: Buffer, start: number, end: number): Span | undefined {
    const service = this.#options.serviceOf(bytes.readUInt32LE(start + at.pid));
    if (service === undefined) return undecoded('unknown_process');
    const isServer = bytes[start + at.role] === HttpRole.server;
    const lineBytes = bytes.readUInt32LE(start + at.lineBytes);
    const isUpgraded = bytes[start + at.outcome] === HttpOutcome.upgraded;
    const head = this.#head(bytes, start, end, lineBytes, !isServer || isUpgraded);
    if (head === undefined) return undecoded('no_request_line');
    if (isUpgraded && head.isH2c) {
      this.#frames.upgrade(bytes, start, head);
      return undefined;
    }
    const { local, remote } = this.#endsOf(bytes, start);
    const startNs = u64(bytes, start + at.startNs);
    const handlerNs = u64(bytes, start + at.handlerNs);
    const trace = traceFactsOf(bytes, start);
    const facts: HttpFacts = {
      side: isServer ? 'server' : 'client',
      service,
      method: head.method,
      target: head.target,
      hostHeader: head.host,
      isTls: bytes[start + at.isTls] !== 0,
      status: bytes.readUInt16LE(start + at.status),
      outcome: reasonOf(bytes[start + at.outcome], isServer),
      requestBytes: u64(bytes, start + at.requestBytes),
      responseBytes: u64(bytes, start + at.responseBytes),
      requestStartNs: u64(bytes, start + at.arrivalNs) || startNs,
      startNs: handlerNs || startNs,
      firstByteNs: u64(bytes, start + at.firstByteNs),
      endNs: u64(bytes, start + at.endNs),
      peer: isServer ? remote : local,
      host: isServer ? local : remote,
      route: this.#routes.of(bytes.readUInt32LE(start + at.route)),
      // each by its name: V8 copies an object of which it is not told the fields slowly
      traceId: trace.traceId,
      spanId: trace.spanId,
      parentSpanId: trace.parentSpanId,
      traceFlags: trace.traceFlags,
      parentRule: trace.parentRule,
      traceState: traceStateOf(this.#takeState(bytes, start), trace),
    };
    const call = bytes[start + at.isGrpcWeb] === 0 ? undefined : this.#webCall(bytes, start, end, facts);
    return call ?? httpSpan(facts, this.sensitiveQueryKeys);
  }

  #webCall(bytes: Buffer, start: number, end: number, facts: HttpFacts): Span | undefined {
    const answer = this.#answers.take(
      bytes.readBigUInt64LE(start + at.connection),
      bytes.readUInt32LE(start + at.index),
    );
    const span = grpcWebSpan(facts, grpcTimeoutIn(bytes, start + at.head, end), answer);
    if (span === undefined)
      counters.add('grpc_web_unread', answer.end === facts.responseBytes ? 'no_status' : 'bytes_missed');
    return span;
  }

  #head(bytes: Buffer, start: number, end: number, lineBytes: number, wantsFields: boolean) {
    const from = start + at.head;
    if (lineBytes <= HttpLimit.headBytes) return readRequestHead(bytes, from, end, lineBytes, wantsFields);
    const connection = bytes.readBigUInt64LE(start + at.connection);
    const whole = this.#lines.take(connection, bytes.readUInt32LE(start + at.index));
    if (whole === undefined) return readRequestHead(bytes, from, end, lineBytes, wantsFields);
    bytes.copy(whole, 0, from, end);
    return readRequestHead(whole, 0, whole.length, lineBytes, wantsFields);
  }

  #takeState(bytes: Buffer, start: number): Buffer | undefined {
    if (this.#states.isEmpty) return undefined;
    return this.#states.take(bytes.readBigUInt64LE(start + at.connection), bytes.readUInt32LE(start + at.index));
  }

  #endsOf(bytes: Buffer, start: number): Ends {
    const connection = u64(bytes, start + at.connection);
    const known = this.#ends.get(connection);
    if (known !== undefined) return unnamed(known);
    if (this.#ends.size >= maxConnections) this.#ends.clear();
    const ends = endsIn(bytes, start, at);
    this.#ends.set(connection, ends);
    return ends;
  }
}

function undecoded(reason: string): undefined {
  counters.add('records_undecoded', reason);
  return undefined;
}
