import type { DeliveryOptions } from '../../src/export/otlp-delivery.ts';
import { type OtlpEndpoint, type OtlpSignal, otlpEndpoint } from '../../src/export/otlp-endpoint.ts';

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

/** The same for gRPC, where the signal decides the method. */
export function grpcOptions(url: string, signal: OtlpSignal, change: Partial<DeliveryOptions & OtlpEndpoint> = {}) {
  const { headers = {}, ...options } = change;
  const endpoint = otlpEndpoint(signal, { url, protocol: 'grpc', headers }, (why) => {
    throw new Error(why);
  });
  if (endpoint === undefined) throw new Error(`${url} is no endpoint`);
  return { ...deliveryOptions('http://unused', options), endpoint };
}
