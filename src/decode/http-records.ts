import { EventKind, HttpEvent, HttpLimit, HttpOutcome, HttpRole, TraceLimit } from '../kernel/abi.gen.ts';
import { httpSpan, type HttpOutcome as Reason } from '../protocol/http-facts.ts';
import type { Service } from '../span/service.ts';
import type { Endpoint, Span } from '../span/span.ts';
import { counters } from '../telemetry/counters.ts';
import { addressText } from './addresses.ts';
import { HeadParts } from './head-parts.ts';
import { readRequestHead } from './request-head.ts';
import { traceFactsOf, traceStateOf } from './trace-facts.ts';

const at = HttpEvent.at;
const word = 4294967296;
/** Spans that go on at once. */
const portion = 128;
/** Connections whose ends are kept as text. */
const maxConnections = 4096;

export interface HttpRecordsOptions {
  /** Who a record is about, by host pid; undefined when nobody captured is known by it. */
  readonly serviceOf: (hostPid: number) => Service | undefined;
}

interface Ends {
  readonly local: Endpoint;
  readonly remote: Endpoint;
}

/** Turns the records of the ring `events` into spans. */
export class HttpRecords {
  /** Undefined for the built-in list. */
  sensitiveQueryKeys: ReadonlySet<string> | undefined;
  readonly #options: HttpRecordsOptions;
  readonly #lines = new HeadParts(HttpLimit.targetBytes);
  readonly #states = new HeadParts(TraceLimit.stateBytes);
  readonly #ends = new Map<number, Ends>();

  constructor(options: HttpRecordsOptions) {
    this.#options = options;
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
      } else if (kind === EventKind.headPart) this.#lines.add(bytes, start);
      else if (kind === EventKind.statePart) this.#states.add(bytes, start);
      else counters.add('records_undecoded', 'unknown_kind');
      start = (end + 7) & ~7;
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
    const head = this.#head(bytes, start, end, lineBytes, !isServer);
    if (head === undefined) return undecoded('no_request_line');
    const { local, remote } = this.#endsOf(bytes, start);
    const startNs = u64(bytes, start + at.startNs);
    const trace = traceFactsOf(bytes, start);
    return httpSpan(
      {
        side: isServer ? 'server' : 'client',
        service,
        method: head.method,
        target: head.target,
        hostHeader: head.host,
        isTls: false,
        status: bytes.readUInt16LE(start + at.status),
        outcome: reasonOf(bytes[start + at.outcome], isServer),
        requestBytes: u64(bytes, start + at.requestBytes),
        responseBytes: u64(bytes, start + at.responseBytes),
        requestStartNs: u64(bytes, start + at.arrivalNs) || startNs,
        startNs,
        firstByteNs: u64(bytes, start + at.firstByteNs),
        endNs: u64(bytes, start + at.endNs),
        peer: isServer ? remote : local,
        host: isServer ? local : remote,
        ...trace,
        traceState: traceStateOf(this.#takeState(bytes, start), trace),
      },
      this.sensitiveQueryKeys,
    );
  }

  #head(bytes: Buffer, start: number, end: number, lineBytes: number, wantsHost: boolean) {
    const from = start + at.head;
    if (lineBytes <= HttpLimit.headBytes) return readRequestHead(bytes, from, end, lineBytes, wantsHost);
    const connection = bytes.readBigUInt64LE(start + at.connection);
    const whole = this.#lines.take(connection, bytes.readUInt32LE(start + at.index));
    if (whole === undefined) return readRequestHead(bytes, from, end, lineBytes, wantsHost);
    bytes.copy(whole, 0, from, end);
    return readRequestHead(whole, 0, whole.length, lineBytes, wantsHost);
  }

  #takeState(bytes: Buffer, start: number): Buffer | undefined {
    if (this.#states.isEmpty) return undefined;
    return this.#states.take(bytes.readBigUInt64LE(start + at.connection), bytes.readUInt32LE(start + at.index));
  }

  #endsOf(bytes: Buffer, start: number): Ends {
    const connection = u64(bytes, start + at.connection);
    const known = this.#ends.get(connection);
    if (known !== undefined) {
      // names are given later, to each span anew, and not at all after the configuration has changed
      known.local.name = '';
      known.remote.name = '';
      return known;
    }
    if (this.#ends.size >= maxConnections) this.#ends.clear();
    const family = bytes[start + at.family] ?? 0;
    const end = (address: number, port: number): Endpoint => ({
      address: addressText(bytes, start + address, family),
      port: bytes.readUInt16LE(start + port),
      name: '',
    });
    const ends = { local: end(at.local, at.localPort), remote: end(at.remote, at.remotePort) };
    this.#ends.set(connection, ends);
    return ends;
  }
}

function undecoded(reason: string): undefined {
  counters.add('records_undecoded', reason);
  return undefined;
}

/** Exact to 2^53, 104 days in ns; reading it as a bigint would cost more than all the rest of a record. */
function u64(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset + 4) * word + bytes.readUInt32LE(offset);
}

/** Who broke the exchange off, told from the side of the process that was watched. */
function reasonOf(outcome: number | undefined, isServer: boolean): Reason {
  switch (outcome) {
    case HttpOutcome.peerClosed:
      return isServer ? 'client_abort' : 'no_response';
    case HttpOutcome.peerReset:
      return isServer ? 'client_abort' : 'server_reset';
    case HttpOutcome.localClosed:
      return isServer ? 'no_response' : 'client_abort';
    case HttpOutcome.localReset:
      return isServer ? 'server_reset' : 'client_abort';
    default:
      return 'complete';
  }
}
