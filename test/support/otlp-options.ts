import type { DeliveryOptions } from '../../src/export/otlp-delivery.ts';
import type { OtlpEndpoint } from '../../src/export/otlp-endpoint.ts';

/** Options for a receiver at the given address, with pauses that a test can wait for. */
export function deliveryOptions(url: string, change: Partial<DeliveryOptions & OtlpEndpoint> = {}): DeliveryOptions {
  const { protocol = 'http/protobuf', headers = {}, ...options } = change;
  return {
    endpoint: { url: new URL(url), socketPath: undefined, protocol, headers },
    timeoutMs: 2_000,
    gzip: false,
    tls: { insecureSkipVerify: false, caFile: '', certFile: '', keyFile: '' },
    retry: { initialMs: 5, maxMs: 20, maxElapsedMs: 2_000 },
    ...options,
  };
}
