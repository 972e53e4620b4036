import { goDuration } from '../lib/duration.ts';
import { wallNs } from '../span/clock.ts';
import type { Endpoint, Span } from '../span/span.ts';
import type { Vintage } from '../span/vintage.ts';

/** The line of the trace printer in each generation. */
export const spanLines: { readonly [vintage in Vintage]: (span: Span) => string } = {
  current: currentLine,
  '1.5': (span) =>
    `${localTime(span)} ${durations(span)} ${span.type} ${request(span)} ${ends(span)} size:${bytes(span.requestBytes)} ` +
    `svc=[${serviceName(span)} ${span.service.language}] traceparent=[${incomingTraceparent(span)}]`,
  '1.0': (span) =>
    `${localTime(span)} ${durations(span)} ${request(span)} ${ends(span)} size:${bytes(span.requestBytes)} ` +
    `svc=[${serviceName(span)}] traceparent=[${incomingTraceparent(span)}]`,
  '2023': (span) =>
    `${localSecond(span)} ${durations(span)} ${request(span)} ${ends(span)} size:${bytes(span.requestBytes)}`,
};

function currentLine(span: Span): string {
  const route = span.route === '' ? '' : `(${span.route})`;
  const own = span.service.namespace === '' ? '' : `.${span.service.namespace}`;
  const isCaller = span.kind === 'client' || span.kind === 'producer';
  return (
    `${localTime(span)} ${durations(span)} ${span.type}(subType=0) ${request(span)}${route} ` +
    `[${end(span.peer, isCaller ? own : '')}]->[${end(span.host, isCaller ? '' : own)}] ` +
    `contentLen:${bytes(span.requestBytes)} responseLen:${bytes(span.responseBytes)} ` +
    `svc=[${serviceName(span)} ${span.service.language}] traceparent=[${traceparent(span)}]`
  );
}

function durations({ requestStartNs, startNs, endNs }: Span): string {
  return `(${goDuration(Math.max(endNs - requestStartNs, 0))}[${goDuration(Math.max(endNs - startNs, 0))}])`;
}

function request({ statusCode, method, path }: Span): string {
  return `${statusCode} ${method} ${path}`;
}

function end({ address, name, port }: Endpoint, namespace: string): string {
  return `${address} as ${name || address}${namespace}:${port}`;
}

/** Older lines name the host as the request did. */
function ends({ peer, host, authority }: Span): string {
  return `[${peer.address}]->[${authority || host.address}:${host.port}]`;
}

function bytes(count: number): string {
  return `${Math.max(count, 0)}B`;
}

function serviceName({ service: { name, namespace } }: Span): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** Zeros stand for the parent of a root. */
export const noSpanId = '0000000000000000';

function traceparent({ traceId, spanId, parentSpanId, traceFlags }: Span): string {
  if (traceId === '') return '';
  return `00-${traceId}-${spanId || noSpanId}[${parentSpanId || noSpanId}]-${hexByte(traceFlags)}`;
}

function incomingTraceparent({ traceId, parentSpanId, traceFlags }: Span): string {
  return parentSpanId === '' ? '' : `00-${traceId}-${parentSpanId}-${hexByte(traceFlags)}`;
}

function hexByte(value: number): string {
  return (value & 0xff).toString(16).padStart(2, '0');
}

/** Many spans share a second, and reading a local time is dear. */
let cached = { second: Number.NaN, text: '', tail: '' };

function localSecond(span: Span): string {
  return cachedSecond(span).text;
}

/**
 * What looks like a fraction is none: the layout of the original repeats month, day, hour of twelve, minute and second
 * there, unpadded. Readers compare lines, so it stays.
 */
function localTime(span: Span): string {
  const { text, tail } = cachedSecond(span);
  return `${text}.${tail}`;
}

function cachedSecond({ startNs }: Span): typeof cached {
  const second = Number(wallNs(startNs) / 1_000_000_000n);
  if (second !== cached.second) {
    const at = new Date(second * 1000);
    const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
    const text = `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
    const hour = at.getHours() % 12 || 12;
    const tail = `${at.getMonth() + 1}${at.getDate()}${hour}${at.getMinutes()}${at.getSeconds()}`;
    cached = { second, text, tail };
  }
  return cached;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
