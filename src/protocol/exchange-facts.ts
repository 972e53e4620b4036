import type { Service } from '../span/service.ts';
import type { Endpoint, ParentRule } from '../span/span.ts';

/** What any source of exchanges knows about one, whatever its protocol. */
export interface ExchangeFacts {
  readonly side: 'server' | 'client';
  readonly service: Service;
  /** Bytes of the bodies, −1 when unknown. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly requestStartNs: number;
  readonly startNs: number;
  readonly firstByteNs: number;
  readonly endNs: number;
  readonly peer: Endpoint;
  readonly host: Endpoint;
}

/** Its place in a trace. */
export interface TraceFacts {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceFlags: number;
  readonly traceState: string;
  readonly parentRule: ParentRule;
}

/** Of an exchange that carries no context. */
export const noTrace: TraceFacts = {
  traceId: '',
  spanId: '',
  parentSpanId: '',
  traceFlags: 1,
  traceState: '',
  parentRule: 'none',
};

export const notIgnored = { metrics: false, traces: false };
