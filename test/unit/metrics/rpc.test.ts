import { expect, test } from 'vitest';
import type { NamesVintage } from '../../../src/config/sections/agent.ts';
import { RPC_METHOD, RPC_STATUS, RPC_SYSTEM } from '../../../src/span/attributes.ts';
import type { Span } from '../../../src/span/span.ts';
import { aggregate, seriesOf } from '../../support/aggregate.ts';
import { testSpan } from '../../support/spans.ts';

const rpc: Partial<Span> = {
  family: 'rpc',
  instrumentation: 'grpc',
  statusCode: 5,
  attributes: { [RPC_METHOD]: '/shop.Carts/Get', [RPC_SYSTEM]: 'grpc', [RPC_STATUS]: 'NOT_FOUND' },
};

/** Name and attributes of what one call of each side is counted as. */
function counted(vintage: NamesVintage): Record<string, unknown> {
  const { metrics, write } = aggregate({ vintage });
  write([testSpan({}, rpc), testSpan({ side: 'client' }, rpc)]);
  return Object.fromEntries(Object.entries(seriesOf(metrics)).map(([name, [series]]) => [name, series?.attributes]));
}

test('a call over gRPC is counted by method and by the name of its status', () => {
  const today = counted('current');
  expect(Object.keys(today)).toEqual(['rpc.server.call.duration', 'rpc.client.call.duration']);
  expect(today['rpc.server.call.duration']).toMatchObject({
    [RPC_METHOD]: '/shop.Carts/Get',
    [RPC_SYSTEM]: 'grpc',
    [RPC_STATUS]: 'NOT_FOUND',
  });
});

test.each(['0.1', '1.0', '1.6', '3.22'] as const)('%s told the number of the status', (vintage) => {
  const then = counted(vintage);
  expect(Object.keys(then)).toEqual(['rpc.server.duration', 'rpc.client.duration']);
  expect(then['rpc.server.duration']).toMatchObject({ 'rpc.system': 'grpc', 'rpc.grpc.status_code': 5 });
});
