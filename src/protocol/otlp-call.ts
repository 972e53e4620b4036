import type { Span } from '../span/span.ts';

export type OtlpSignal = 'metrics' | 'traces';

/** Paths of HTTP end in the first, the methods of gRPC are the second. */
const calls: readonly { readonly signal: OtlpSignal; readonly path: string; readonly method: string }[] = [
  { signal: 'metrics', path: '/v1/metrics', method: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export' },
  { signal: 'traces', path: '/v1/traces', method: '/opentelemetry.proto.collector.trace.v1.TraceService/Export' },
];

/** A call over gRPC that may export a signal, although its method does not tell. */
export function isOtlpCandidate({ kind, family, status }: Span): boolean {
  return kind === 'client' && family === 'rpc' && status === 'unset';
}

/** Which signal a process exports by this call; a receiver that refuses it does not count. */
export function otlpSignalOf({ kind, family, status, path }: Span): OtlpSignal | undefined {
  if (kind !== 'client' || status !== 'unset') return undefined;
  if (family === 'rpc') return calls.find(({ method }) => path === method)?.signal;
  return family === 'http' ? calls.find((call) => path.endsWith(call.path))?.signal : undefined;
}
