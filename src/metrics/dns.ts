import { DNS_QUESTION, ERROR_TYPE } from '../span/attributes.ts';
import { serviceAttributes } from './attribute-groups.ts';
import { durationSeconds, type MetricDefinition, off, on } from './definition.ts';

export const dnsMetrics: readonly MetricDefinition[] = [
  {
    name: 'dns.lookup.duration',
    help: 'measures the time taken to perform a DNS lookup',
    family: 'dns',
    type: 'histogram',
    unit: 's',
    buckets: 'duration',
    value: durationSeconds,
    kinds: ['internal'],
    attributes: [...serviceAttributes, ...on(ERROR_TYPE), ...off(DNS_QUESTION)],
  },
];
