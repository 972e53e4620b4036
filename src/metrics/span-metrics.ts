import { SERVICE_INSTANCE_ID, SERVICE_NAME, SERVICE_NAMESPACE } from '../span/attributes.ts';
import type { Span } from '../span/span.ts';
import { INSTANCE, JOB } from './attribute-groups.ts';
import { type AttributeRule, durationSeconds, type MetricDefinition, on } from './definition.ts';

/** The attributes that a generator of span metrics would write, so that its dashboards work here unchanged. */
export const SPAN_NAME = 'span.name';
export const SPAN_KIND = 'span.kind';
export const STATUS_CODE = 'status.code';
export const SOURCE = 'source';
export const SDK_LANGUAGE = 'telemetry.sdk.language';

const attributes: readonly AttributeRule[] = [
  ...on(SERVICE_NAME, SERVICE_NAMESPACE, SPAN_NAME, STATUS_CODE, SPAN_KIND),
  { name: SERVICE_INSTANCE_ID, isDefault: true, isOtlpOnly: true },
  { name: INSTANCE, isDefault: true, isPrometheusOnly: true },
  { name: JOB, isDefault: true, isPrometheusOnly: true },
  ...on(SOURCE, SDK_LANGUAGE),
];

const any = {
  family: 'any',
  kinds: ['server', 'client', 'producer', 'consumer'],
  attributes,
  isFixed: true,
} as const;

const calls = { ...any, type: 'counter', unit: '', value: () => 1 } as const;
const duration = {
  ...any,
  type: 'histogram',
  unit: 's',
  buckets: 'duration',
  value: durationSeconds,
  help: 'duration of service calls (client and server), in seconds, in trace span metrics format',
} as const;
const callsHelp = 'number of service calls in trace span metrics format';

export const spanMetrics: readonly MetricDefinition[] = [
  { ...duration, name: 'traces_spanmetrics_latency', prometheusName: 'traces_spanmetrics_latency' },
  {
    ...calls,
    name: 'traces_spanmetrics_calls_total',
    prometheusName: 'traces_spanmetrics_calls_total',
    help: callsHelp,
  },
];

export const otelSpanMetrics: readonly MetricDefinition[] = [
  { ...duration, name: 'traces.span.metrics.duration' },
  { ...calls, name: 'traces.span.metrics.calls', help: callsHelp },
];

export const spanSizes: readonly MetricDefinition[] = [
  {
    ...calls,
    unit: 'By',
    name: 'traces_spanmetrics_size_total',
    prometheusName: 'traces_spanmetrics_size_total',
    help: 'size of service calls, in bytes, in trace span metrics format',
    value: ({ requestBytes }: Span) => Math.max(requestBytes, 0),
  },
  {
    ...calls,
    unit: 'By',
    name: 'traces_spanmetrics_response_size_total',
    prometheusName: 'traces_spanmetrics_response_size_total',
    help: 'size of service responses, in bytes, in trace span metrics format',
    value: ({ responseBytes }: Span) => Math.max(responseBytes, 0),
  },
];
