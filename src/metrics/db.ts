import {
  CLIENT_ADDRESS,
  DB_COLLECTION,
  DB_OPERATION,
  DB_SYSTEM,
  ERROR_TYPE,
  SERVER_ADDRESS,
  SERVER_PORT,
} from '../span/attributes.ts';
import { serviceAttributes } from './attribute-groups.ts';
import { durationSeconds, type MetricDefinition, off, on } from './definition.ts';

const common = [
  ...serviceAttributes,
  ...on(SERVER_ADDRESS, DB_OPERATION, DB_SYSTEM, ERROR_TYPE),
  ...off(DB_COLLECTION),
];
const duration = { family: 'db', type: 'histogram', unit: 's', buckets: 'duration', value: durationSeconds } as const;

export const dbMetrics: readonly MetricDefinition[] = [
  {
    ...duration,
    name: 'db.client.operation.duration',
    help: 'duration of db client operations, in seconds',
    kinds: ['client'],
    attributes: common,
  },
  {
    ...duration,
    name: 'db.server.operation.duration',
    help: 'duration of db server operations, in seconds',
    kinds: ['server'],
    attributes: [...common, ...on(SERVER_PORT), ...off(CLIENT_ADDRESS)],
  },
];
