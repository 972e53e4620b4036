/** Where agents tell their spans; each has a socket of its own in there, which only root may open. */
export const feedFolder = '/run/beyla';
export const feedSuffix = '.traces';

/** What `beyla trace` is told of a span, a line of JSON each. */
export interface ShownSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  /** How the parent is known. */
  readonly rule: string;
  readonly kind: string;
  readonly name: string;
  readonly service: string;
  readonly status: number;
  /** Nanoseconds of the monotonic clock, when the request arrived or left, and at the end. */
  readonly startNs: number;
  readonly endNs: number;
}
