import {
  CLIENT_ADDRESS,
  ERROR_TYPE,
  RPC_METHOD,
  RPC_STATUS,
  RPC_SYSTEM,
  SERVER_ADDRESS,
  SERVER_PORT,
  SERVICE_PEER_NAME,
} from '../span/attributes.ts';
import type { Attributes, Span } from '../span/span.ts';
import { type ExchangeFacts, notIgnored, type TraceFacts } from './exchange-facts.ts';
import { grpcName, isGrpcError } from './grpc-status.ts';
import { hostOf } from './http-target.ts';

/** What a source of gRPC calls (wire, library probe) knows about one. */
export interface RpcFacts extends ExchangeFacts, TraceFacts {
  /** `/package.Service/Method`. */
  readonly method: string;
  readonly authority: string;
  readonly code: number;
  /** Why the call did not end as the protocol says, empty otherwise. */
  readonly reason: string;
  /** Not one message each way: see docs/decisions/http2.md. */
  readonly isStream: boolean;
}

/** The one place that decides what a span of gRPC looks like. */
export function rpcSpan(facts: RpcFacts): Span {
  const isServer = facts.side === 'server';
  return {
    type: isServer ? 'GRPC' : 'GRPCClient',
    instrumentation: 'grpc',
    kind: facts.side,
    family: 'rpc',
    service: facts.service,
    name: facts.method,
    status: isGrpcError(facts.code, isServer) ? 'error' : 'unset',
    statusMessage: '',
    statusCode: facts.code,
    method: '',
    path: facts.method,
    route: '',
    isStream: facts.isStream,
    requestStartNs: facts.requestStartNs,
    startNs: facts.startNs,
    firstByteNs: facts.firstByteNs,
    endNs: facts.endNs,
    requestBytes: facts.requestBytes,
    responseBytes: facts.responseBytes,
    peer: facts.peer,
    host: facts.host,
    authority: hostOf(facts.authority),
    attributes: isServer ? serverAttributes(facts) : clientAttributes(facts),
    traceId: facts.traceId,
    spanId: facts.spanId,
    parentSpanId: facts.parentSpanId,
    traceFlags: facts.traceFlags,
    traceState: facts.traceState,
    parentRule: facts.parentRule,
    ignored: notIgnored,
    isExported: false,
  };
}

class ServerAttributes {}
class ClientAttributes {}

function serverAttributes(facts: RpcFacts): Attributes {
  const own: Attributes = new ServerAttributes();
  own[RPC_METHOD] = facts.method;
  own[RPC_SYSTEM] = 'grpc';
  own[CLIENT_ADDRESS] = facts.peer.name || facts.peer.address;
  own[SERVER_ADDRESS] = facts.host.name || facts.host.address;
  own[SERVER_PORT] = facts.host.port;
  own[RPC_STATUS] = grpcName(facts.code);
  own[ERROR_TYPE] = facts.reason;
  return own;
}

function clientAttributes(facts: RpcFacts): Attributes {
  const own: Attributes = new ClientAttributes();
  own[RPC_METHOD] = facts.method;
  own[RPC_SYSTEM] = 'grpc';
  own[SERVER_ADDRESS] = hostOf(facts.authority) || facts.host.name || facts.host.address;
  own[SERVICE_PEER_NAME] = facts.host.name;
  own[SERVER_PORT] = facts.host.port;
  own[RPC_STATUS] = grpcName(facts.code);
  own[ERROR_TYPE] = facts.reason;
  return own;
}
