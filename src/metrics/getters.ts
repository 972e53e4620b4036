import {
  CLIENT_ADDRESS,
  HTTP_METHOD,
  HTTP_ROUTE,
  HTTP_STATUS,
  RPC_GRPC_STATUS,
  SERVER_ADDRESS,
  SERVICE_NAME,
  SERVICE_NAMESPACE,
  URL_PATH,
} from '../span/attributes.ts';
import type { Service } from '../span/service.ts';
import type { AttributeValue, Span } from '../span/span.ts';
import { INSTANCE, JOB } from './attribute-groups.ts';
import type { ServiceSeries } from './service-series.ts';
import { SDK_LANGUAGE, SOURCE, SPAN_KIND, SPAN_NAME, STATUS_CODE } from './span-metrics.ts';

/** A value as a point carries it; numbers stay numbers for OTLP. */
export type PointValue = string | number;

/** Where a value comes from: the service has one for all its series, so only the span's make up a series' key. */
export type Getter =
  | { readonly of: 'service'; readonly get: (service: Service) => PointValue }
  | { readonly of: 'span'; readonly get: (span: Span, series: ServiceSeries) => PointValue };

/** What stands for a bare address of each end, so that addresses do not multiply series. Empty keeps the address. */
export interface UnresolvedNames {
  readonly own: string;
  readonly outgoing: string;
  readonly incoming: string;
}

const statusCodes = { unset: 'STATUS_CODE_UNSET', ok: 'STATUS_CODE_OK', error: 'STATUS_CODE_ERROR' } as const;
const spanKinds = {
  server: 'SPAN_KIND_SERVER',
  client: 'SPAN_KIND_CLIENT',
  producer: 'SPAN_KIND_PRODUCER',
  consumer: 'SPAN_KIND_CONSUMER',
  internal: 'SPAN_KIND_INTERNAL',
} as const;

/**
 * How the value of the named attribute is read, which may be shown under an older name; anything unknown is looked up among
 * the span's or resource's own.
 */
export function getterOf(name: string, shown: string, unresolved: UnresolvedNames): Getter {
  if (name.startsWith('k8s.') || name.startsWith('container.'))
    return ofService(({ resource }) => resource[name] ?? '');
  const known = getters(unresolved);
  return known[shown] ?? known[name] ?? ofSpan((span) => text(span.attributes[name as keyof Span['attributes']]));
}

function getters(unresolved: UnresolvedNames): Readonly<Record<string, Getter>> {
  return {
    [SERVICE_NAME]: ofService(({ name }) => name),
    [SERVICE_NAMESPACE]: ofService(({ namespace }) => namespace),
    [INSTANCE]: ofService(({ instanceId }) => instanceId),
    [JOB]: ofService(({ name, namespace }) => (namespace === '' ? name : `${namespace}/${name}`)),
    [SOURCE]: ofService(() => 'beyla'),
    [SDK_LANGUAGE]: ofService(({ language }) => language),
    [HTTP_METHOD]: ofSpan(({ method }) => method),
    [HTTP_STATUS]: ofSpan(({ statusCode }) => statusCode),
    [RPC_GRPC_STATUS]: ofSpan(({ statusCode }) => statusCode),
    [HTTP_ROUTE]: ofSpan(({ route }) => route),
    [URL_PATH]: ofSpan(({ path }) => path),
    [SERVER_ADDRESS]: ofSpan((span) => named(span.attributes[SERVER_ADDRESS], callee(span, unresolved))),
    [CLIENT_ADDRESS]: ofSpan((span) => named(span.attributes[CLIENT_ADDRESS], caller(span, unresolved))),
    [SPAN_NAME]: ofSpan((span, series) => series.limitedName(span.name)),
    [STATUS_CODE]: ofSpan(({ status }) => statusCodes[status]),
    [SPAN_KIND]: ofSpan(({ kind }) => spanKinds[kind]),
  };
}

function ofService(get: (service: Service) => PointValue): Getter {
  return { of: 'service', get };
}

function ofSpan(get: (span: Span, series: ServiceSeries) => PointValue): Getter {
  return { of: 'span', get };
}

function callee({ kind }: Span, { own, outgoing }: UnresolvedNames): string {
  return kind === 'server' || kind === 'consumer' ? own : outgoing;
}

function caller({ kind }: Span, { own, incoming }: UnresolvedNames): string {
  return kind === 'server' || kind === 'consumer' ? incoming : own;
}

function named(address: AttributeValue | undefined, unresolved: string): PointValue {
  if (typeof address !== 'string') return '';
  return unresolved !== '' && isAddress(address) ? unresolved : address;
}

/** IPv4 in dotted form or anything with a colon, which no host name has. */
export function isAddress(host: string): boolean {
  for (let i = 0; i < host.length; i++) {
    const code = host.charCodeAt(i);
    if (code === 58) return true;
    if (code !== 46 && (code < 48 || code > 57)) return host.indexOf(':') > 0;
  }
  return host !== '';
}

function text(value: AttributeValue | undefined): PointValue {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (value === undefined) return '';
  return Array.isArray(value) ? value.join(',') : String(value);
}
