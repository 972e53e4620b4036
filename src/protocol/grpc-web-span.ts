import type { Span } from '../span/span.ts';
import { noTrace } from './exchange-facts.ts';
import { GrpcCode, grpcCodeOfHttp, isOverdue } from './grpc-status.ts';
import { type WebAnswer, webStatusOf } from './grpc-web.ts';
import type { HttpFacts } from './http-facts.ts';
import { httpTarget } from './http-target.ts';
import { rpcSpan } from './rpc-facts.ts';
import { isOfStream } from './streaming-methods.ts';

/** A call of gRPC-Web over HTTP/1, with the value of its `grpc-timeout`. Undefined where its status cannot be read: then it is told as HTTP. */
export function grpcWebSpan(facts: HttpFacts, timeout: string, answer: WebAnswer): Span | undefined {
  const told = webStatusOf(answer, facts.responseBytes);
  const code = told?.code ?? codeWithout(facts, timeout);
  if (code === undefined) return undefined;
  const method = httpTarget(facts.target).path;
  // a unary call that succeeds has a message
  const isSeen = told !== undefined && (told.messages > 1 || (code === GrpcCode.ok && told.messages === 0));
  return rpcSpan({
    ...noTrace,
    ...facts,
    method,
    authority: facts.hostHeader,
    code,
    reason: facts.outcome === 'complete' ? '' : facts.outcome,
    isStream: isOfStream(method, isSeen),
  });
}

/** Of a call whose answer brought no status. To close the connection is the only way to cancel. */
function codeWithout({ side, outcome, status, requestStartNs, endNs }: HttpFacts, timeout: string): number | undefined {
  if (outcome !== 'complete') {
    if (isOverdue(timeout, endNs - requestStartNs)) return GrpcCode.deadlineExceeded;
    return side === 'server' || outcome === 'client_abort' ? GrpcCode.cancelled : GrpcCode.unavailable;
  }
  return status === 0 || status === 200 ? undefined : grpcCodeOfHttp(status);
}
