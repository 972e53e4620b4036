import type { Service } from '../../span/service.ts';
import type { Endpoint, Span } from '../../span/span.ts';
import { GrpcCode, grpcCodeOfHttp, grpcCodeOfReset, grpcCodeOfText, isOverdue } from '../grpc-status.ts';
import { type HttpOutcome, httpSpan } from '../http-facts.ts';
import { rpcSpan } from '../rpc-facts.ts';
import { isOfStream } from '../streaming-methods.ts';
import type { Side } from './connection.ts';
import { ErrorCode } from './frame.ts';
import { fieldOf, hasUnknown, type Stream, type StreamEnd } from './stream.ts';
import { traceOf } from './stream-trace.ts';

/** What a stream does not know about itself. */
export interface Surroundings {
  readonly service: Service;
  readonly peer: Endpoint;
  readonly host: Endpoint;
  /** Who ended the connection, if that is how the stream ended. */
  readonly closedBy: HttpOutcome;
  readonly sensitiveQueryKeys: ReadonlySet<string> | undefined;
}

/** Stands for what is in a part of the header table that was not seen. */
const unknownPath = '*';
const unknownMethod = '_OTHER';
const webContent = 'application/grpc-web';

/** A finished stream as a span: of gRPC or of HTTP. */
export function streamSpan(stream: Stream, side: Side, end: StreamEnd, endNs: number, around: Surroundings): Span {
  const path = fieldOf(stream.request, ':path') || (hasUnknown(stream.request) ? unknownPath : '');
  const facts = {
    side,
    service: around.service,
    requestBytes: stream.requestBody.bytes,
    responseBytes: stream.responseBody.bytes,
    requestStartNs: stream.arrivalNs || stream.startNs,
    startNs: stream.handlerNs || stream.startNs,
    firstByteNs: stream.firstByteNs,
    endNs,
    peer: around.peer,
    host: around.host,
    ...traceOf(stream),
  };
  const authority = fieldOf(stream.request, ':authority') || fieldOf(stream.request, 'host');
  const outcome = outcomeOf(end, around.closedBy);
  if (isGrpc(stream)) {
    const code = codeOf(stream, side, end, endNs);
    return rpcSpan({
      ...facts,
      method: path,
      authority,
      code,
      reason: outcome === 'complete' ? '' : outcome,
      isStream: isStreaming(stream, path, code),
    });
  }
  return httpSpan(
    {
      ...facts,
      method: fieldOf(stream.request, ':method') || unknownMethod,
      target: text(path || authority),
      hostHeader: authority,
      isTls: fieldOf(stream.request, ':scheme') === 'https',
      status: statusOf(stream),
      outcome,
      route: stream.route,
    },
    around.sensitiveQueryKeys,
  );
}

function statusOf(stream: Stream): number {
  return Number(fieldOf(stream.response, ':status')) || 0;
}

function outcomeOf(end: StreamEnd, closedBy: HttpOutcome): HttpOutcome {
  if (end.is === 'complete') return 'complete';
  if (end.is === 'closed') return closedBy;
  return end.by === 'client' ? 'client_abort' : 'server_reset';
}

/**
 * The content type says it. Where that is unknown, trailers do: nothing else that is common has them.
 */
function isGrpc({ request, response, trailers }: Stream): boolean {
  const type = fieldOf(request, 'content-type') || fieldOf(response, 'content-type');
  if (type !== '') return type.startsWith('application/grpc');
  if (fieldOf(trailers, 'grpc-status') !== '' || fieldOf(response, 'grpc-status') !== '') return true;
  return trailers !== undefined && hasUnknown(request) && hasUnknown(response);
}

function codeOf(stream: Stream, side: Side, end: StreamEnd, endNs: number): number {
  const told = grpcCodeOfText(fieldOf(stream.trailers, 'grpc-status') || fieldOf(stream.response, 'grpc-status'));
  if (told !== undefined) return told;
  if (end.is !== 'complete') {
    if (isLate(stream, endNs) && (end.is === 'closed' || isCancel(end.code))) return GrpcCode.deadlineExceeded;
    if (end.is === 'reset') return grpcCodeOfReset(end.code);
    return side === 'server' ? GrpcCode.cancelled : GrpcCode.unavailable;
  }
  const status = statusOf(stream);
  if (status !== 0 && status !== 200) return grpcCodeOfHttp(status);
  // not read, rather than not sent: as the reference takes it
  const isUnread =
    hasUnknown(stream.trailers ?? stream.response) || fieldOf(stream.request, 'content-type').startsWith(webContent);
  return isUnread ? GrpcCode.ok : GrpcCode.unknown;
}

function isCancel(code: number): boolean {
  return code === ErrorCode.cancel || code === ErrorCode.noError;
}

/** A busy server may read a request long after it came. */
function isLate({ request, arrivalNs, startNs }: Stream, endNs: number): boolean {
  return isOverdue(fieldOf(request, 'grpc-timeout'), endNs - (arrivalNs || startNs));
}

/** A unary call has a message each way, the second when the request is over; when it fails, the second may be missing. */
function isStreaming({ requestBody, responseBody, isInterleaved }: Stream, path: string, code: number): boolean {
  const isStream =
    requestBody.messages > 1 ||
    responseBody.messages > 1 ||
    isInterleaved ||
    (code === GrpcCode.ok && (requestBody.messages === 0 || responseBody.messages === 0));
  return path === unknownPath ? isStream : isOfStream(path, isStream);
}

/** Values are bytes; a path that is not ASCII is taken for UTF-8. */
function text(value: string): string {
  for (let i = 0; i < value.length; i++) {
    if (value.charCodeAt(i) > 127) return Buffer.from(value, 'latin1').toString('utf8').replaceAll('\ufffd', '');
  }
  return value;
}
