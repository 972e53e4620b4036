import type { Span } from '../span/span.ts';

export type OtlpSignal = 'metrics' | 'traces';

const signalOfPath: readonly (readonly [string, OtlpSignal])[] = [
  ['/v1/metrics', 'metrics'],
  ['/v1/traces', 'traces'],
];

/** Which signal a process exports by this call; a receiver that refuses it does not count. */
export function otlpSignalOf({ kind, family, status, path }: Span): OtlpSignal | undefined {
  if (kind !== 'client' || family !== 'http' || status !== 'unset') return undefined;
  return signalOfPath.find(([end]) => path.endsWith(end))?.[1];
}
