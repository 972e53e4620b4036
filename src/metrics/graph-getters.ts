import { isAddress } from '../lib/ip-text.ts';
import type { Endpoint, MetricFamily, Span } from '../span/span.ts';
import { type Getter, ofSpan } from './getter.ts';
import { CLIENT, CLIENT_NAMESPACE, CONNECTION_TYPE, SERVER, SERVER_NAMESPACE } from './service-graph.ts';
import { calleeName, callerName, isCallee, named, type UnresolvedNames } from './unresolved.ts';

const connectionTypes: { readonly [family in MetricFamily]?: string } = {
  db: 'database',
  messaging: 'messaging_system',
};

/** Both ends of an edge; the own end is always the service itself. */
export function graphGetters(unresolved: UnresolvedNames): Readonly<Record<string, Getter>> {
  return {
    [CLIENT]: ofSpan((span) => (isCallee(span) ? other(span.peer, callerName(span, unresolved)) : span.service.name)),
    [SERVER]: ofSpan((span) => (isCallee(span) ? span.service.name : other(span.host, calleeName(span, unresolved)))),
    [CLIENT_NAMESPACE]: ofSpan((span) => namespaceOf(span, isCallee(span), callerName(span, unresolved))),
    [SERVER_NAMESPACE]: ofSpan((span) => namespaceOf(span, !isCallee(span), calleeName(span, unresolved))),
    [CONNECTION_TYPE]: ofSpan(
      (span) => connectionTypes[span.family] ?? (isKnown(otherEnd(span)) ? '' : 'virtual_node'),
    ),
  };
}

function other(end: Endpoint, unresolved: string): string {
  return named(end.name || end.address, unresolved);
}

/** What stands for an unknown end is taken to be where the service is. */
function namespaceOf(span: Span, isOther: boolean, unresolved: string): string {
  if (!isOther) return span.service.namespace;
  return unresolved === '' || isKnown(otherEnd(span)) ? '' : span.service.namespace;
}

function otherEnd(span: Span): Endpoint {
  return isCallee(span) ? span.peer : span.host;
}

function isKnown({ name }: Endpoint): boolean {
  return name !== '' && !isAddress(name);
}
