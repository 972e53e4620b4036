import { dbMetrics } from './db.ts';
import type { Feature } from './definition.ts';
import { dnsMetrics } from './dns.ts';
import { httpMetrics } from './http.ts';
import { messagingMetrics } from './messaging.ts';
import { rpcMetrics } from './rpc.ts';
import { serviceGraph } from './service-graph.ts';
import { otelSpanMetrics, spanMetrics, spanSizes } from './span-metrics.ts';

/** Every metric that is computed from spans, by the value of `features` that turns it on. */
export const features: readonly Feature[] = [
  { name: 'application', metrics: [...httpMetrics, ...rpcMetrics, ...dbMetrics, ...messagingMetrics, ...dnsMetrics] },
  { name: 'application_span', metrics: spanMetrics },
  { name: 'application_span_otel', metrics: otelSpanMetrics },
  { name: 'application_span_sizes', metrics: spanSizes },
  { name: 'application_service_graph', metrics: serviceGraph },
];

/** Whether a feature that is not computed from spans is among the wanted ones. */
export function isOn(feature: string, wanted: readonly string[]): boolean {
  return [feature, 'all', '*'].some((name) => wanted.includes(name));
}

/** `all` and `*` turn on both forms of span metrics; the legacy names are then used. */
export function featuresOf(wanted: readonly string[]): readonly Feature[] {
  const isAll = wanted.includes('all') || wanted.includes('*');
  return features.filter(({ name }) => (isAll ? name !== 'application_span_otel' : wanted.includes(name)));
}
