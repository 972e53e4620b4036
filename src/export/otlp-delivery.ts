import type { ISerializer } from '@opentelemetry/otlp-transformer';
import { within } from '../lib/within.ts';
import { type CounterName, counters } from '../telemetry/counters.ts';
import { log } from '../telemetry/log.ts';
import type { OtlpSignal } from './otlp-endpoint.ts';
import { GrpcTransport } from './otlp-grpc.ts';
import { HttpTransport } from './otlp-http.ts';
import { type RetryingTransport, type RetryOptions, retrying } from './otlp-retry.ts';
import type { Delivery, OtlpTransport, TransportOptions } from './otlp-transport.ts';

export interface DeliveryOptions extends TransportOptions {
  readonly retry: RetryOptions;
}

/** The receiver took the request but not everything in it. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly why: string;
}

interface SignalCounters {
  readonly exports: CounterName;
  readonly errors: CounterName;
  readonly lost: CounterName;
}

const signalCounters: { readonly [signal in OtlpSignal]: SignalCounters } = {
  traces: { exports: 'otel_trace_exports', errors: 'otel_trace_export_errors', lost: 'spans_lost' },
  metrics: { exports: 'otel_metric_exports', errors: 'otel_metric_export_errors', lost: 'points_lost' },
};

/** Delivers the requests of one signal and accounts for every item: exported, or lost and why. */
export class OtlpDelivery<Response> {
  readonly #signal: OtlpSignal;
  readonly #transport: RetryingTransport;
  readonly #serializer: ISerializer<never, Response>;
  readonly #partial: (response: Response) => PartialSuccess | undefined;

  constructor(
    signal: OtlpSignal,
    options: DeliveryOptions,
    serializer: ISerializer<never, Response>,
    partial: (response: Response) => PartialSuccess | undefined,
  ) {
    this.#signal = signal;
    this.#transport = retrying(transportOf(options), options.retry);
    this.#serializer = serializer;
    this.#partial = partial;
  }

  /** Whether the receiver took the request. Never throws. */
  async send(body: Uint8Array, items: number): Promise<boolean> {
    const names = signalCounters[this.#signal];
    const delivery = await this.#transport.send(body, (failure) => this.#failed(failure));
    if (delivery.is !== 'sent') {
      counters.add(names.lost, `otlp_${delivery.why}`, items);
      log.error('an OTLP request was given up', {
        signal: this.#signal,
        items,
        error: delivery.why,
        said: delivery.detail,
      });
      return false;
    }
    const partial = this.#partialOf(delivery.body);
    const rejected = partial?.rejected ?? 0;
    if (partial !== undefined && (rejected > 0 || partial.why !== '')) {
      log.warn('the OTLP receiver did not take everything', { signal: this.#signal, rejected, why: partial.why });
    }
    counters.add(names.exports, '');
    if (rejected > 0) counters.add(names.lost, 'otlp_partial_success', rejected);
    if (this.#signal === 'traces') counters.add('spans_exported', 'otlp', items - rejected);
    return true;
  }

  /** Waits for the work given, without pauses between attempts, and cuts it off at the deadline. */
  async finish(work: Promise<unknown>, deadlineMs: number): Promise<void> {
    this.#transport.hurry();
    await within(work, deadlineMs);
    this.#transport.abort();
  }

  #failed(failure: Delivery): void {
    if (failure.is === 'sent') return;
    counters.add(signalCounters[this.#signal].errors, failure.why);
    counters.add('export_failures', `otlp_${this.#signal}_${failure.why}`);
    const { why, detail, is } = failure;
    log.warn('an OTLP request failed', { signal: this.#signal, error: why, said: detail, again: is === 'retry' });
  }

  #partialOf(body: Uint8Array): PartialSuccess | undefined {
    if (body.length === 0) return undefined;
    try {
      return this.#partial(this.#serializer.deserializeResponse(body));
    } catch {
      // an answer that cannot be read says nothing against the success
      return undefined;
    }
  }
}

function transportOf(options: TransportOptions): OtlpTransport {
  return options.endpoint.protocol === 'grpc' ? new GrpcTransport(options) : new HttpTransport(options);
}
