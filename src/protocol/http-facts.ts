import {
  CLIENT_ADDRESS,
  ERROR_TYPE,
  HTTP_METHOD,
  HTTP_REQUEST_BODY_SIZE,
  HTTP_RESPONSE_BODY_SIZE,
  HTTP_ROUTE,
  HTTP_STATUS,
  SERVER_ADDRESS,
  SERVER_PORT,
  SERVICE_PEER_NAME,
  URL_FULL,
  URL_PATH,
  URL_QUERY,
  URL_SCHEME,
} from '../span/attributes.ts';
import type { Attributes, Span, SpanStatus } from '../span/span.ts';
import { type ExchangeFacts, notIgnored, type TraceFacts } from './exchange-facts.ts';
import { hostOf, httpTarget } from './http-target.ts';
import { redactQuery, sensitiveQueryKeys } from './sensitive-query.ts';

/** How an exchange ended; all but `complete` become `error.type`. */
export type HttpOutcome = 'complete' | 'client_abort' | 'server_reset' | 'no_response' | 'timeout';

/** What a source of HTTP exchanges (wire, library probe) knows about one. */
export interface HttpFacts extends ExchangeFacts, Partial<TraceFacts> {
  readonly method: string;
  /** Request-target as it stood on the request line. */
  readonly target: string;
  /** Value of the Host header (`:authority`), empty when it was not seen. */
  readonly hostHeader: string;
  readonly isTls: boolean;
  /** 0 when no status line came. */
  readonly status: number;
  readonly outcome: HttpOutcome;
  /** Template that a library probe delivered, empty otherwise. */
  readonly route?: string;
}

/** What an exchange without a response counts as, so that it is not lost from rate and errors. */
const statusWithoutResponse = 400;
const statusOfTimeout = 408;

/**
 * Each kind of span has attributes of a class of its own, filled field by field: V8 does that fast from the start. A literal
 * with computed names costs a call into its runtime for every name until thousands of spans have made it optimize.
 */
class ServerAttributes {}
class ClientAttributes {}

/** The one place that decides what an HTTP span looks like. */
export function httpSpan(facts: HttpFacts, sensitive: ReadonlySet<string> = sensitiveQueryKeys): Span {
  const isServer = facts.side === 'server';
  const { path, query, authority: targetHost } = httpTarget(facts.target);
  const authority = facts.hostHeader === '' ? targetHost : facts.hostHeader;
  const statusCode = statusCodeOf(facts);
  const shownQuery = query === '' ? '' : redactQuery(query, sensitive);
  const route = facts.route ?? '';
  return {
    type: isServer ? 'HTTP' : 'HTTPClient',
    instrumentation: 'http',
    kind: isServer ? 'server' : 'client',
    family: 'http',
    service: facts.service,
    name: route === '' ? facts.method : `${facts.method} ${route}`,
    status: spanStatus(isServer, statusCode, facts.outcome),
    statusMessage: '',
    statusCode,
    method: facts.method,
    path,
    route,
    requestStartNs: facts.requestStartNs,
    startNs: facts.startNs,
    firstByteNs: facts.firstByteNs,
    endNs: facts.endNs,
    requestBytes: facts.requestBytes,
    responseBytes: facts.responseBytes,
    peer: facts.peer,
    host: facts.host,
    authority: hostOf(authority),
    attributes: isServer
      ? serverAttributes(facts, statusCode, path, route, shownQuery)
      : clientAttributes(facts, statusCode, path, authority, shownQuery),
    traceId: facts.traceId ?? '',
    spanId: facts.spanId ?? '',
    parentSpanId: facts.parentSpanId ?? '',
    traceFlags: facts.traceFlags ?? 1,
    traceState: facts.traceState ?? '',
    parentRule: facts.parentRule ?? 'none',
    ignored: notIgnored,
    isExported: false,
  };
}

function statusCodeOf({ status, outcome }: HttpFacts): number {
  if (status !== 0 || outcome === 'complete') return status;
  return outcome === 'timeout' ? statusOfTimeout : statusWithoutResponse;
}

/**
 * A server answers for 5xx and for what it left unanswered, a client for every 4xx and 5xx. A client that hangs up is
 * not the server's error.
 */
function spanStatus(isServer: boolean, statusCode: number, outcome: HttpOutcome): SpanStatus {
  if (statusCode === 0 || statusCode >= (isServer ? 500 : 400)) return 'error';
  if (outcome === 'complete' || (isServer && outcome === 'client_abort')) return 'unset';
  return 'error';
}

function serverAttributes(
  facts: HttpFacts,
  statusCode: number,
  path: string,
  route: string,
  query: string,
): Attributes {
  const own: Attributes = new ServerAttributes();
  own[HTTP_STATUS] = statusCode;
  own[CLIENT_ADDRESS] = facts.peer.name || facts.peer.address;
  own[SERVER_ADDRESS] = facts.host.name || facts.host.address;
  own[SERVER_PORT] = facts.host.port;
  own[HTTP_REQUEST_BODY_SIZE] = Math.max(facts.requestBytes, 0);
  own[HTTP_RESPONSE_BODY_SIZE] = Math.max(facts.responseBytes, 0);
  own[HTTP_METHOD] = facts.method;
  own[URL_PATH] = path;
  own[URL_SCHEME] = facts.isTls ? 'https' : 'http';
  own[HTTP_ROUTE] = route;
  own[URL_QUERY] = query;
  own[ERROR_TYPE] = facts.outcome === 'complete' ? '' : facts.outcome;
  return own;
}

function clientAttributes(
  facts: HttpFacts,
  statusCode: number,
  path: string,
  authority: string,
  query: string,
): Attributes {
  const scheme = facts.isTls ? 'https' : 'http';
  const own: Attributes = new ClientAttributes();
  own[HTTP_STATUS] = statusCode;
  own[URL_FULL] = authority === '' ? path : `${scheme}://${authority}${path}`;
  own[URL_SCHEME] = scheme;
  own[SERVER_ADDRESS] = hostOf(authority) || facts.host.name || facts.host.address;
  own[SERVICE_PEER_NAME] = facts.host.name;
  own[SERVER_PORT] = facts.host.port;
  own[HTTP_REQUEST_BODY_SIZE] = Math.max(facts.requestBytes, 0);
  own[HTTP_RESPONSE_BODY_SIZE] = Math.max(facts.responseBytes, 0);
  own[HTTP_METHOD] = facts.method;
  own[URL_QUERY] = query;
  own[ERROR_TYPE] = facts.outcome === 'complete' ? '' : facts.outcome;
  return own;
}
