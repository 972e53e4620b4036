import type { OtlpTarget } from '../config/otlp-target.ts';

export type OtlpSignal = 'traces' | 'metrics';

/** A receiver that this agent can speak to. */
export interface OtlpEndpoint {
  /** With the path of the signal, which for gRPC is that of its method. */
  readonly url: URL;
  /** Path of a unix socket, with a leading NUL for an abstract one. */
  readonly socketPath: string | undefined;
  readonly protocol: 'grpc' | 'http/protobuf' | 'http/json';
  readonly headers: Readonly<Record<string, string>>;
}

/** https://github.com/open-telemetry/opentelemetry-proto, collector/ */
const grpcMethods: { readonly [signal in OtlpSignal]: string } = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
};

/** The endpoint of a signal; what stands in the way is told to the caller. */
export function otlpEndpoint(
  signal: OtlpSignal,
  { url, protocol, headers }: OtlpTarget,
  onProblem: (why: string) => void,
): OtlpEndpoint | undefined {
  if (protocol === 'debug') {
    onProblem('the protocol "debug" prints spans and exports nothing');
    return undefined;
  }
  const socketPath = socketOf(url);
  if (socketPath !== undefined && (socketPath.length <= 1 || Buffer.byteLength(socketPath) > 107)) {
    onProblem(`"${url}" does not name a unix socket`);
    return undefined;
  }
  const target = new URL(socketPath === undefined ? url : `http://localhost/v1/${signal}`);
  if (protocol === 'grpc') target.pathname = grpcMethods[signal];
  return { url: target, socketPath, protocol, headers };
}

/** `unix:///run/otlp.sock`, `unix://@abstract`. */
function socketOf(url: string): string | undefined {
  if (!url.startsWith('unix://')) return undefined;
  const path = url.slice('unix://'.length);
  return path.startsWith('@') ? `\u0000${path.slice(1)}` : path;
}
