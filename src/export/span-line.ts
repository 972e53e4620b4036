import type { TracePrinterVintage } from '../config/sections/agent.ts';
import { goDuration } from '../lib/duration.ts';
import type { Endpoint, Span } from '../span/span.ts';
import { localSecond, pseudoFraction } from './span-time.ts';

type Show = (span: Span) => string;

/** What the line of one generation consists of; the order is the same in all. */
interface LineStyle {
  readonly time: Show;
  readonly type: Show;
  readonly path: Show;
  readonly ends: Show;
  readonly sizes: Show;
  readonly service: Show;
  readonly trace: Show;
}

const nothing: Show = () => '';

const seed: LineStyle = {
  time: localSecond,
  type: nothing,
  path: ({ path }) => path,
  ends: ({ peer, host, authority }) => `[${peer.address}]->[${authority || host.address}:${host.port}]`,
  sizes: ({ requestBytes }) => `size:${bytes(requestBytes)}`,
  service: nothing,
  trace: nothing,
};
const since001 = {
  ...seed,
  time: (span: Span) => `${localSecond(span)}.${pseudoFraction(span)}`,
  service: (span: Span) => ` comm=[${serviceName(span)}]`,
};
const since004 = { ...since001, trace: ({ traceId }: Span) => ` traceid=[${traceId}]` };
const since01 = { ...since004, trace: (span: Span) => ` traceparent=[${incoming(span)}]` };
const since03 = { ...since01, service: (span: Span) => ` svc=[${serviceName(span)}]` };
const since12 = { ...since03, service: (span: Span) => ` svc=[${serviceName(span)} ${span.service.language}]` };
const since15 = { ...since12, type: ({ type }: Span) => `${type} ` };
const since17 = { ...since15, ends: ({ peer, host }: Span) => `[${named(peer, '')}]->[${named(host, '')}]` };
const since19 = { ...since17, ends: namespacedEnds, trace: (span: Span) => ` traceparent=[${own(span)}]` };
const since22 = {
  ...since19,
  sizes: ({ requestBytes, responseBytes }: Span) =>
    `contentLen:${bytes(requestBytes)} responseLen:${bytes(responseBytes)}`,
};
const since27 = { ...since22, path: ({ path, route }: Span) => (route === '' ? path : `${path}(${route})`) };
const since28 = { ...since27, type: ({ type }: Span) => `${type}(subType=0) ` };

/** The line of the trace printer in each generation. */
export const spanLines: { readonly [vintage in TracePrinterVintage]: Show } = {
  seed: line(seed),
  '0.0.1': line(since001),
  '0.0.4': line(since004),
  '0.1': line(since01),
  '0.3': line(since03),
  '1.2': line(since12),
  '1.5': line(since15),
  '1.7': line(since17),
  '1.9': line(since19),
  '2.2': line(since22),
  '2.7': line(since27),
  '2.8': line(since28),
  current: line(since28),
};

function line({ time, type, path, ends, sizes, service, trace }: LineStyle): Show {
  return (span) =>
    `${time(span)} ${durations(span)} ${type(span)}${span.statusCode} ${span.method} ${path(span)} ` +
    `${ends(span)} ${sizes(span)}${service(span)}${trace(span)}`;
}

function durations({ requestStartNs, startNs, endNs }: Span): string {
  return `(${goDuration(Math.max(endNs - requestStartNs, 0))}[${goDuration(Math.max(endNs - startNs, 0))}])`;
}

/** The own end carries the own namespace; that of the other end is not known. */
function namespacedEnds({ peer, host, kind, service: { namespace } }: Span): string {
  const suffix = namespace === '' ? '' : `.${namespace}`;
  const isCaller = kind === 'client' || kind === 'producer';
  return `[${named(peer, isCaller ? suffix : '')}]->[${named(host, isCaller ? '' : suffix)}]`;
}

function named({ address, name, port }: Endpoint, suffix: string): string {
  return `${address} as ${name || address}${suffix}:${port}`;
}

function bytes(count: number): string {
  return `${Math.max(count, 0)}B`;
}

function serviceName({ service: { name, namespace } }: Span): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** Zeros stand for the parent of a root. */
export const noSpanId = '0000000000000000';

function own({ traceId, spanId, parentSpanId, traceFlags }: Span): string {
  if (traceId === '') return '';
  return `00-${traceId}-${spanId || noSpanId}[${parentSpanId || noSpanId}]-${hexByte(traceFlags)}`;
}

function incoming({ traceId, parentSpanId, traceFlags }: Span): string {
  return parentSpanId === '' ? '' : `00-${traceId}-${parentSpanId}-${hexByte(traceFlags)}`;
}

function hexByte(value: number): string {
  return (value & 0xff).toString(16).padStart(2, '0');
}
