import { CLIENT_ADDRESS, RPC_METHOD, RPC_STATUS, RPC_SYSTEM, SERVER_ADDRESS, SERVER_PORT } from '../span/attributes.ts';
import type { Span } from '../span/span.ts';
import { serviceAttributes } from './attribute-groups.ts';
import { durationSeconds, type MetricDefinition, off, on } from './definition.ts';

const common = [...serviceAttributes, ...on(RPC_METHOD, RPC_SYSTEM, RPC_STATUS, SERVER_ADDRESS)];
const duration = { family: 'rpc', type: 'histogram', unit: 's', buckets: 'duration', value: callSeconds } as const;

export const rpcMetrics: readonly MetricDefinition[] = [
  {
    ...duration,
    name: 'rpc.server.call.duration',
    help: 'duration of RPC service calls from the server side, in seconds',
    kinds: ['server'],
    attributes: [...common, ...on(SERVER_PORT), ...off(CLIENT_ADDRESS)],
  },
  {
    ...duration,
    name: 'rpc.client.call.duration',
    help: 'duration of RPC service calls from the client side, in seconds',
    kinds: ['client'],
    attributes: common,
  },
];

/**
 * A stream lasts as long as its caller wants, which says nothing of the server: it counts with the time until its answer began.
 * So long streams are in the rate and in the errors, and do not move the percentiles of calls.
 */
function callSeconds(span: Span): number {
  if (span.isStream !== true || span.firstByteNs === 0) return durationSeconds(span);
  return Math.max(span.firstByteNs - span.requestStartNs, 0) / 1e9;
}
