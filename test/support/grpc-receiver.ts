import { Metadata, Server, ServerCredentials, type UntypedHandleCall } from '@grpc/grpc-js';
import { metricsRequest, readProtobuf, tracesRequest } from './otlp-protobuf.ts';
import type { OtlpReceiver, ReceivedRequest } from './otlp-receiver.ts';

/** What the receiver answers; the default takes everything. `hang` never answers. */
export interface GrpcAnswer {
  readonly code?: number;
  readonly message?: string;
  readonly metadata?: Readonly<Record<string, string | Buffer>>;
  readonly body?: Buffer;
  readonly hang?: true;
}

export interface GrpcReceiver extends Omit<OtlpReceiver, 'answers'> {
  readonly answers: GrpcAnswer[];
}

export interface GrpcTls {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Clients must show a certificate that this one signed. */
  readonly clientCa?: Buffer;
}

/** A receiver of OTLP over gRPC, with the gRPC of another library than the exporter's. */
export async function grpcReceiver(port: number | `unix:${string}` = 0, tls?: GrpcTls): Promise<GrpcReceiver> {
  const requests: ReceivedRequest[] = [];
  const answers: GrpcAnswer[] = [];
  const server = new Server();
  for (const [path, message] of [
    ['/opentelemetry.proto.collector.trace.v1.TraceService/Export', tracesRequest],
    ['/opentelemetry.proto.collector.metrics.v1.MetricsService/Export', metricsRequest],
  ] as const) {
    const handle: UntypedHandleCall = (call: CallOfBytes, done: Done) => {
      const answer = answers.shift() ?? {};
      if (answer.hang) return;
      if ((answer.code ?? 0) !== 0) {
        done({ code: answer.code ?? 0, details: answer.message ?? '', metadata: metadataOf(answer) });
        return;
      }
      const headers = Object.fromEntries(Object.entries(call.metadata.getMap()).map(([k, v]) => [k, String(v)]));
      requests.push({ path, headers, ...readProtobuf(call.request, message) });
      done(null, answer.body ?? Buffer.alloc(0));
    };
    server.register(
      path,
      handle,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      'unary',
    );
  }
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(
          tls.clientCa ?? null,
          [{ cert_chain: tls.cert, private_key: tls.key }],
          tls.clientCa !== undefined,
        );
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(typeof port === 'number' ? `127.0.0.1:${port}` : port, credentials, (error, taken) =>
      error ? reject(error) : resolve(taken),
    ),
  );
  return {
    url: `${tls === undefined ? 'http' : 'https'}://localhost:${bound}`,
    requests,
    answers,
    spans: () =>
      requests
        .flatMap((request) => request.resourceSpans ?? [])
        .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    metrics: () =>
      requests
        .flatMap((request) => request.resourceMetrics ?? [])
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics)),
    close: async () => server.forceShutdown(),
  };
}

interface CallOfBytes {
  readonly request: Buffer;
  readonly metadata: Metadata;
}

type Done = (error: { code: number; details: string; metadata: Metadata } | null, response?: Buffer) => void;

function metadataOf({ metadata = {} }: GrpcAnswer): Metadata {
  const all = new Metadata();
  for (const [key, value] of Object.entries(metadata)) all.set(key, value);
  return all;
}
