import { within } from '../lib/within.ts';
import { type CounterName, counters } from '../telemetry/counters.ts';
import { log } from '../telemetry/log.ts';
import type { OtlpEndpoint, OtlpSignal } from './otlp-endpoint.ts';
import { GrpcTransport } from './otlp-grpc.ts';
import { HttpTransport } from './otlp-http.ts';
import { type RetryingTransport, type RetryOptions, retrying } from './otlp-retry.ts';
import type { Delivery, OtlpTransport, TransportOptions } from './otlp-transport.ts';

export interface DeliveryOptions extends TransportOptions {
  readonly retry: RetryOptions;
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
export class OtlpDelivery {
  readonly #signal: OtlpSignal;
  readonly #transport: RetryingTransport;
  readonly #protocol: OtlpEndpoint['protocol'];

  constructor(signal: OtlpSignal, options: DeliveryOptions) {
    this.#signal = signal;
    this.#transport = retrying(transportOf(options), options.retry);
    this.#protocol = options.endpoint.protocol;
  }

  /** Whether the receiver took the request, of which otherwise `lost` items are lost. Never throws. */
  async send(body: Uint8Array, items: number, lost = items): Promise<boolean> {
    const names = signalCounters[this.#signal];
    const delivery = await this.#transport.send(body, (failure) => this.#failed(failure));
    if (delivery.is !== 'sent') {
      if (lost > 0) counters.add(names.lost, `otlp_${delivery.why}`, lost);
      log.error('an OTLP request was given up', {
        signal: this.#signal,
        items,
        lost,
        error: delivery.why,
        said: delivery.detail,
      });
      return false;
    }
    const { partialSuccessOf, serializers } = await import('./otlp-serializers.ts');
    const partial = partialSuccessOf(delivery.body, serializers[this.#signal][this.#protocol]);
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
}

function transportOf(options: TransportOptions): OtlpTransport {
  return options.endpoint.protocol === 'grpc' ? new GrpcTransport(options) : new HttpTransport(options);
}
