import { isAddress } from '../lib/ip-text.ts';
import type { Span } from '../span/span.ts';
import { type CountContext, durationSeconds, type MetricDefinition, on, type SpanCondition } from './definition.ts';
import { SOURCE } from './span-metrics.ts';
import { isCallee } from './unresolved.ts';

/** Attributes as Tempo's generator of service graphs writes them, so that its dashboards work here unchanged. */
export const CLIENT = 'client';
export const CLIENT_NAMESPACE = 'client_service_namespace';
export const SERVER = 'server';
export const SERVER_NAMESPACE = 'server_service_namespace';
export const CONNECTION_TYPE = 'connection_type';

const edge = {
  family: 'any',
  attributes: on(CLIENT, CLIENT_NAMESPACE, SERVER, SERVER_NAMESPACE, SOURCE, CONNECTION_TYPE),
  isFixed: true,
} as const;

const callers = ['client', 'producer'] as const;
const callees = ['server', 'consumer'] as const;

const isEdge: SpanCondition = { name: 'edge', holds: isBetweenTwo };
/** The callee counts the call when it is watched, too; of a callee without a name nobody knows whether it is. */
const isOnlyTellerOfEdge: SpanCondition = {
  name: 'told once',
  holds: (span, context) =>
    isBetweenTwo(span, context) &&
    (isCallee(span) ||
      (span.host.name !== '' && !isAddress(span.host.name) && !context.services.hasNamed(span.host.name))),
};
const hasFailed: SpanCondition = {
  name: 'failed',
  holds: (span, context) => span.status === 'error' && isBetweenTwo(span, context),
};

const duration = { ...edge, type: 'histogram', unit: 's', buckets: 'duration', value: durationSeconds } as const;
const count = { ...edge, type: 'counter', unit: '', kinds: [...callers, ...callees], value: () => 1 } as const;

export const serviceGraph: readonly MetricDefinition[] = [
  {
    ...duration,
    name: 'traces_service_graph_request_client',
    help: 'duration of client service calls, in seconds, in trace service graph metrics format',
    kinds: callers,
    when: isEdge,
  },
  {
    ...duration,
    name: 'traces_service_graph_request_server',
    help: 'duration of server service calls, in seconds, in trace service graph metrics format',
    kinds: callees,
    when: isEdge,
  },
  {
    ...count,
    name: 'traces_service_graph_request_total',
    prometheusName: 'traces_service_graph_request_total',
    help: 'number of service calls in trace service graph metrics format',
    when: isOnlyTellerOfEdge,
  },
  {
    ...count,
    name: 'traces_service_graph_request_failed_total',
    prometheusName: 'traces_service_graph_request_failed_total',
    help: 'number of failed service calls in trace service graph metrics format',
    when: hasFailed,
  },
];

/** A call from an address to itself is taken for one of a service to itself. */
function isBetweenTwo({ peer, host }: Span, { allowsSelfReferences }: CountContext): boolean {
  return allowsSelfReferences || peer.address !== host.address;
}
