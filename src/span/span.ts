import type { AttributeName } from './attributes.ts';
import type { Service } from './service.ts';

export type SpanKind = 'server' | 'client' | 'producer' | 'consumer' | 'internal';
export type SpanStatus = 'unset' | 'ok' | 'error';
/** Which metric family counts the span: one file each in `metrics/`. */
export type MetricFamily = 'http' | 'rpc' | 'db' | 'messaging' | 'dns' | 'none';
/**
 * How a span's trace and parent are known: by its own header, by a TCP option, because a captured process of the host sent
 * it, because the calling thread (or goroutine, or process) serves the parent (and nothing else), because the event loop hands over what it
 * read of the parent, or because the header is the parent's.
 */
export type ParentRule = 'none' | 'header' | 'option' | 'host' | 'thread' | 'only' | 'forwarded' | 'goroutine' | 'turn';
export type AttributeValue = string | number | boolean | readonly string[];
export type Attributes = { [name in AttributeName]?: AttributeValue };

/** One end of a connection. */
export interface Endpoint {
  /** IPv4 dotted or IPv6 text; v4-mapped addresses are written as IPv4. */
  readonly address: string;
  readonly port: number;
  /** Resolved name, empty while unknown. */
  name: string;
}

/**
 * One finished exchange. It carries finished facts: transforms and exporters never ask which protocol it was.
 *
 * Times are nanoseconds of CLOCK_MONOTONIC as `number` (exact to 104 days of uptime, to 2 ns for 208): the hot path adds
 * and compares them, and only an exporter turns them into wall time, through `span/clock.ts`.
 */
export interface Span {
  /** Word of the trace printer: `HTTP`, `HTTPClient`. */
  readonly type: string;
  /** Value of the `instrumentations` settings: `http`. */
  readonly instrumentation: string;
  readonly kind: SpanKind;
  readonly family: MetricFamily;
  readonly service: Service;
  /** `METHOD route`; written again when the route is known. */
  name: string;
  status: SpanStatus;
  statusMessage: string;
  /** HTTP status, gRPC code, 0/1 for databases. */
  readonly statusCode: number;
  /** HTTP method or operation. */
  readonly method: string;
  /** Path without its query, empty where there is none. */
  readonly path: string;
  /** Low-cardinality form of the path, empty while unknown. */
  route: string;
  /** A call that streams: it lasts as long as its caller wants. */
  readonly isStream?: boolean;
  /** When the request's bytes reached the socket. */
  readonly requestStartNs: number;
  /** When the process read (server) or wrote (client) the first byte of the request. */
  readonly startNs: number;
  /** First byte of the response, 0 when there was none. */
  readonly firstByteNs: number;
  /** Last byte of the response. */
  readonly endNs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** The caller. */
  readonly peer: Endpoint;
  /** The one called. */
  readonly host: Endpoint;
  /** Host the caller asked for (HTTP's Host header without its port), empty when the protocol does not say. */
  readonly authority: string;
  /**
   * Span attributes in order of emission. An empty text holds the place of a value that is not there: exporters leave it
   * out. So every span of a kind has the same keys in the same order.
   */
  readonly attributes: Attributes;
  /** 32 and 16 hex digits, empty until `transform/identify.ts` gives them. */
  traceId: string;
  spanId: string;
  /** Empty for a root. */
  parentSpanId: string;
  traceFlags: number;
  /** Value of the tracestate header that the request came with, empty without one. */
  readonly traceState: string;
  /** How the parent is known. */
  readonly parentRule: ParentRule;
  /** Set by the route transform when an ignored pattern matches. */
  ignored: { readonly metrics: boolean; readonly traces: boolean };
  /** Set by the exporter of traces that took the span: only then is its trace something to point at. */
  isExported: boolean;
}
