import {
  CLIENT_ADDRESS,
  HTTP_METHOD,
  HTTP_ROUTE,
  HTTP_STATUS,
  RPC_GRPC_STATUS,
  SERVER_ADDRESS,
  SERVICE_INSTANCE_ID,
  SERVICE_NAME,
  SERVICE_NAMESPACE,
  URL_PATH,
} from '../span/attributes.ts';
import type { AttributeValue, Span } from '../span/span.ts';
import { INSTANCE, JOB, jobOf } from './attribute-groups.ts';
import { type Getter, ofService, ofSpan, type PointValue } from './getter.ts';
import { graphGetters } from './graph-getters.ts';
import { SDK_LANGUAGE, SOURCE, SPAN_KIND, SPAN_NAME, STATUS_CODE } from './span-metrics.ts';
import { calleeName, callerName, named, type UnresolvedNames } from './unresolved.ts';

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
  if (name.startsWith('k8s.') || name.startsWith('container.')) return resourceGetter(name);
  const known = getters(unresolved);
  return known[shown] ?? known[name] ?? ofSpan((span) => text(span.attributes[name as keyof Span['attributes']]));
}

export function resourceGetter(name: string): Getter {
  return ofService(({ resource }) => resource[name] ?? '');
}

function getters(unresolved: UnresolvedNames): Readonly<Record<string, Getter>> {
  return {
    [SERVICE_NAME]: ofService(({ name }) => name),
    [SERVICE_NAMESPACE]: ofService(({ namespace }) => namespace),
    [SERVICE_INSTANCE_ID]: ofService(({ instanceId }) => instanceId),
    [INSTANCE]: ofService(({ instanceId }) => instanceId),
    [JOB]: ofService(jobOf),
    [SOURCE]: ofService(() => 'beyla'),
    [SDK_LANGUAGE]: ofService(({ language }) => language),
    [HTTP_METHOD]: ofSpan(({ method }) => method),
    [HTTP_STATUS]: ofSpan(({ statusCode }) => statusCode),
    [RPC_GRPC_STATUS]: ofSpan(({ statusCode }) => statusCode),
    [HTTP_ROUTE]: ofSpan(({ route }) => route),
    [URL_PATH]: ofSpan(({ path }) => path),
    [SERVER_ADDRESS]: ofSpan((span) => named(span.attributes[SERVER_ADDRESS], calleeName(span, unresolved))),
    [CLIENT_ADDRESS]: ofSpan((span) => named(span.attributes[CLIENT_ADDRESS], callerName(span, unresolved))),
    [SPAN_NAME]: ofSpan((span, series) => series.limitedName(span.name)),
    [STATUS_CODE]: ofSpan(({ status }) => statusCodes[status]),
    [SPAN_KIND]: ofSpan(({ kind }) => spanKinds[kind]),
    ...graphGetters(unresolved),
  };
}

function text(value: AttributeValue | undefined): PointValue {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (value === undefined) return '';
  return Array.isArray(value) ? value.join(',') : String(value);
}
