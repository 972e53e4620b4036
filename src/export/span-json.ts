import { goDuration } from '../lib/duration.ts';
import { CLIENT_ADDRESS, ERROR_TYPE, SERVER_ADDRESS, SERVER_PORT } from '../span/attributes.ts';
import { wallNs } from '../span/clock.ts';
import type { AttributeValue, Span } from '../span/span.ts';
import { noSpanId } from './span-line.ts';

const kinds = {
  server: 'SPAN_KIND_SERVER',
  client: 'SPAN_KIND_CLIENT',
  producer: 'SPAN_KIND_PRODUCER',
  consumer: 'SPAN_KIND_CONSUMER',
  internal: 'SPAN_KIND_INTERNAL',
} as const;

/** The object that the printer's JSON forms write for a span. */
export function spanJson(span: Span): Readonly<Record<string, unknown>> {
  const { requestStartNs, startNs, endNs, peer, host } = span;
  return {
    type: span.type,
    peer: peer.address,
    peerPort: String(peer.port),
    host: host.address,
    hostPort: String(host.port),
    traceID: span.traceId || noSpanId + noSpanId,
    spanID: span.spanId || noSpanId,
    parentSpanID: span.parentSpanId || noSpanId,
    traceFlags: String(span.traceFlags),
    // beyond the reference: what the caller's agents say, and how the parent is known
    ...(span.traceState !== '' && { traceState: span.traceState }),
    ...(span.parentRule !== 'none' && { parentRule: span.parentRule }),
    peerName: peer.name,
    hostName: host.name,
    kind: kinds[span.kind],
    start: wallMicroseconds(requestStartNs),
    handlerStart: wallMicroseconds(startNs),
    end: wallMicroseconds(endNs),
    duration: goDuration(Math.max(endNs - requestStartNs, 0)),
    handlerDuration: goDuration(Math.max(endNs - startNs, 0)),
    durationUSec: microseconds(endNs - requestStartNs),
    handlerDurationUSec: microseconds(endNs - startNs),
    attributes: attributes(span),
  };
}

/** Keys in alphabetical order, values as text. */
function attributes(span: Span): Readonly<Record<string, string>> {
  const serverAddr = text(span.attributes[SERVER_ADDRESS]) || span.host.name || span.host.address;
  const server = { serverAddr, serverPort: text(span.attributes[SERVER_PORT]) || String(span.host.port) };
  const clientAddr = text(span.attributes[CLIENT_ADDRESS]) || span.peer.name || span.peer.address;
  const status = String(span.statusCode);
  const { method, path: url, route } = span;
  const contentLen = String(Math.max(span.requestBytes, 0));
  const responseLen = String(Math.max(span.responseBytes, 0));
  const reason = text(span.attributes[ERROR_TYPE]);
  const errorType = reason !== '' && { errorType: reason };
  if (span.type === 'HTTP') {
    return { clientAddr, contentLen, ...errorType, method, responseLen, route, ...server, status, url };
  }
  // Beyond the reference: the sizes of a client's exchange, and why one did not end as HTTP says.
  if (span.type === 'HTTPClient') {
    return { clientAddr, contentLen, ...errorType, method, responseLen, ...server, status, url };
  }
  if (span.family === 'rpc') return { clientAddr, ...errorType, method: url, ...server, status };
  return server;
}

function text(value: AttributeValue | undefined): string {
  return value === undefined ? '' : String(value);
}

function wallMicroseconds(monotonicNs: number): string {
  return String(wallNs(monotonicNs) / 1000n);
}

function microseconds(ns: number): string {
  return String(Math.floor(Math.max(ns, 0) / 1000));
}
