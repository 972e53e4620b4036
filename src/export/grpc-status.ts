import { protobufFields } from '../lib/protobuf-reader.ts';
import { type Delivery, detailOf } from './otlp-transport.ts';

/** https://grpc.io/docs/guides/status-codes/, by number. */
const names = [
  'ok',
  'cancelled',
  'unknown',
  'invalid_argument',
  'deadline_exceeded',
  'not_found',
  'already_exists',
  'permission_denied',
  'resource_exhausted',
  'failed_precondition',
  'aborted',
  'out_of_range',
  'unimplemented',
  'internal',
  'unavailable',
  'data_loss',
  'unauthenticated',
] as const;
type Name = (typeof names)[number];

/** https://opentelemetry.io/docs/specs/otlp/#failures; an exhausted receiver also, when it says when to come again. */
const retryable: ReadonlySet<Name> = new Set([
  'cancelled',
  'deadline_exceeded',
  'aborted',
  'out_of_range',
  'unavailable',
  'data_loss',
]);

/** What answers that never came to gRPC count as: https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md */
const byHttpStatus: Readonly<Record<number, Name>> = {
  400: 'internal',
  401: 'unauthenticated',
  403: 'permission_denied',
  404: 'unimplemented',
  429: 'unavailable',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

export interface GrpcAnswer {
  readonly httpStatus: number;
  /** Of the trailers, or of the headers where these are all there is. */
  readonly status: string | undefined;
  readonly message: string;
  /** `grpc-status-details-bin`: a google.rpc.Status in base64. */
  readonly details: string;
}

/** What a status means for the request; undefined for success. */
export function failureOf({ httpStatus, status, message, details }: GrpcAnswer): Delivery | undefined {
  const name = status === undefined ? (byHttpStatus[httpStatus] ?? 'unknown') : (names[Number(status)] ?? 'unknown');
  if (name === 'ok') return undefined;
  const failure = { why: `grpc_${name}`, ...detailOf(decoded(message)) };
  const afterMs = retryInfoMs(details);
  if (name === 'resource_exhausted' && afterMs === undefined) return { is: 'rejected', ...failure };
  if (name !== 'resource_exhausted' && !retryable.has(name)) return { is: 'rejected', ...failure };
  return afterMs === undefined ? { is: 'retry', ...failure } : { is: 'retry', ...failure, afterMs };
}

/** Messages are percent-encoded. */
function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}

/** google.rpc.Status { details: [Any { type_url, value: RetryInfo { retry_delay: Duration { seconds, nanos } } }] } */
export function retryInfoMs(details: string): number | undefined {
  if (details === '') return undefined;
  try {
    for (const any of messagesAt(Buffer.from(details, 'base64'), 3)) {
      const [type] = messagesAt(any, 1);
      if (!type?.toString().endsWith('/google.rpc.RetryInfo')) continue;
      const [value = Buffer.alloc(0)] = messagesAt(any, 2);
      const [delay = Buffer.alloc(0)] = messagesAt(value, 1);
      const [seconds = 0, nanos = 0] = [1, 2].map((wanted) => numberAt(delay, wanted));
      return seconds * 1000 + nanos / 1e6;
    }
  } catch {
    // what cannot be read says nothing
  }
  return undefined;
}

function messagesAt(message: Buffer, wanted: number): readonly Buffer[] {
  return [...protobufFields(message)].flatMap(({ number, bytes }) => (number === wanted ? [bytes] : []));
}

function numberAt(message: Buffer, wanted: number): number {
  return [...protobufFields(message)].findLast(({ number }) => number === wanted)?.varint ?? 0;
}
