import type { OtelEnvironment } from './environment.ts';
import type { OwnSignal } from './self-exports.ts';

const signals: readonly OwnSignal[] = ['metrics', 'traces'];

/** The signal that a process exports over gRPC to this port, by its variables. A port that serves both says nothing. */
export function signalSentTo(port: number, own: OtelEnvironment, defaultPort: number): OwnSignal | undefined {
  const found = signals.filter((signal) => grpcPort(signal, own, defaultPort) === port);
  return found.length === 1 ? found[0] : undefined;
}

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/; a protocol that is not said may be gRPC. */
function grpcPort(signal: OwnSignal, own: OtelEnvironment, defaultPort: number): number | undefined {
  const variable = (name: string): string | undefined =>
    own[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`] || own[`OTEL_EXPORTER_OTLP_${name}`];
  if ((variable('PROTOCOL') ?? 'grpc') !== 'grpc') return undefined;
  const port = /:(\d+)(?:\/|$)/.exec(variable('ENDPOINT') ?? '')?.[1];
  return port === undefined ? defaultPort : Number(port);
}
