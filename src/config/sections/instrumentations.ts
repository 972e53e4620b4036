import type { Items } from '../tree.ts';

/** Values of the `instrumentations` lists. `mongodb` is what the reference's documents say; its code knows `mongo`. */
export const instrumentationNames = {
  of: [
    '*',
    'http',
    'grpc',
    'sql',
    'redis',
    'kafka',
    'mqtt',
    'nats',
    'amqp',
    'gpu',
    'mongo',
    'dns',
    'couchbase',
    'genai',
    'memcached',
    'sunrpc',
    'aerospike',
  ],
  unknown: 'ignored',
  aliases: { mongodb: 'mongo' },
} as const satisfies Items;
