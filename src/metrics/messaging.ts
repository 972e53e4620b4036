import { MESSAGING_DESTINATION, MESSAGING_OPERATION, MESSAGING_SYSTEM, SERVER_ADDRESS } from '../span/attributes.ts';
import { serviceAttributes } from './attribute-groups.ts';
import { durationSeconds, type MetricDefinition, on } from './definition.ts';

const duration = {
  family: 'messaging',
  type: 'histogram',
  unit: 's',
  buckets: 'duration',
  value: durationSeconds,
  attributes: [
    ...serviceAttributes,
    ...on(MESSAGING_SYSTEM, MESSAGING_DESTINATION, MESSAGING_OPERATION, SERVER_ADDRESS),
  ],
} as const;

export const messagingMetrics: readonly MetricDefinition[] = [
  {
    ...duration,
    name: 'messaging.client.operation.duration',
    help: 'duration of messaging client publish operations, in seconds',
    kinds: ['producer'],
  },
  {
    ...duration,
    name: 'messaging.process.duration',
    help: 'duration of messaging client process operations, in seconds',
    kinds: ['consumer'],
  },
];
