import {
  type IExportMetricsServiceResponse,
  type IExportTraceServiceResponse,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import type { OtlpEndpoint } from './otlp-endpoint.ts';

/** The SDK's. Who needs them imports this file when it starts: nobody else is to pay for their code. */
export const serializers = {
  traces: {
    grpc: ProtobufTraceSerializer,
    'http/protobuf': ProtobufTraceSerializer,
    'http/json': JsonTraceSerializer,
  },
  metrics: {
    grpc: ProtobufMetricsSerializer,
    'http/protobuf': ProtobufMetricsSerializer,
    'http/json': JsonMetricsSerializer,
  },
} as const;

export type TraceSerializer = (typeof serializers.traces)[OtlpEndpoint['protocol']];
export type MetricsSerializer = (typeof serializers.metrics)[OtlpEndpoint['protocol']];

/** The receiver took the request but not everything in it. */
export interface PartialSuccess {
  readonly rejected: number;
  readonly why: string;
}

/** What an answer says of it. An answer that cannot be read says nothing against the success. */
export function partialSuccessOf(
  body: Uint8Array,
  serializer: TraceSerializer | MetricsSerializer,
): PartialSuccess | undefined {
  if (body.length === 0) return undefined;
  try {
    const { partialSuccess }: Answer = serializer.deserializeResponse(body);
    if (partialSuccess === undefined) return undefined;
    const { rejectedSpans, rejectedDataPoints, errorMessage = '' } = partialSuccess;
    // JSON writes long numbers as text
    return { rejected: Number(rejectedSpans ?? rejectedDataPoints ?? 0), why: errorMessage };
  } catch {
    return undefined;
  }
}

interface Answer {
  readonly partialSuccess?: NonNullable<
    IExportTraceServiceResponse['partialSuccess'] & IExportMetricsServiceResponse['partialSuccess']
  >;
}
