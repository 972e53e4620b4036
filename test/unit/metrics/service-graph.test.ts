import { expect, test } from 'vitest';
import type { MetricsOptions } from '../../../src/metrics/metrics.ts';
import type { Span } from '../../../src/span/span.ts';
import { aggregate, seriesOf } from '../../support/aggregate.ts';
import { testService, testSpan } from '../../support/spans.ts';

const shop = testService({ name: 'shop', namespace: 'front' });
const cart = testService({ name: 'cart', instanceId: 'host:7', pid: 7 });
const feature = { features: ['application_service_graph'] };

/** A call from 10.0.0.1 to 10.0.0.2 as one of its ends tells it. */
function call(kind: Span['kind'], service: Span['service'], otherName: string, change: Partial<Span> = {}): Span {
  const isCaller = kind === 'client' || kind === 'producer';
  const peer = { address: '10.0.0.1', port: 40_000, name: isCaller ? service.name : otherName };
  const host = { address: '10.0.0.2', port: 80, name: isCaller ? otherName : service.name };
  return testSpan({ service, peer, host }, { kind, ...change });
}

/** How often each edge was counted, by metric. */
function edges(spans: readonly Span[], change: Partial<MetricsOptions> = {}): Record<string, Record<string, number>> {
  const { metrics, write } = aggregate({ ...feature, ...change });
  write(spans);
  const counted = Object.entries(seriesOf(metrics)).map(([name, series]) => {
    const byEdge = series.map(({ attributes, count }) => {
      const { client, server, connection_type: type } = attributes;
      return [`${client} → ${server}${type === '' ? '' : ` (${type})`}`, count];
    });
    return [name.replace('traces_service_graph_request_', ''), Object.fromEntries(byEdge)];
  });
  return Object.fromEntries(counted);
}

test('a call that both ends tell of is counted once', () => {
  expect(edges([call('client', shop, 'cart'), call('server', cart, 'shop')])).toEqual({
    client: { 'shop → cart': 1 },
    server: { 'shop → cart': 1 },
    total: { 'shop → cart': 1 },
  });
});

test('the caller counts a call to somebody who is not watched, if it knows a name', () => {
  expect(edges([call('client', shop, 'payments.example')])).toEqual({
    client: { 'shop → payments.example': 1 },
    total: { 'shop → payments.example': 1 },
  });
  expect(edges([call('client', shop, '')])).toEqual({ client: { 'shop → outgoing (virtual_node)': 1 } });
});

test('a caller without a name is a virtual node', () => {
  expect(edges([call('server', cart, '')])).toEqual({
    server: { 'incoming → cart (virtual_node)': 1 },
    total: { 'incoming → cart (virtual_node)': 1 },
  });
  expect(edges([call('server', cart, '')], { unresolved: { own: '', outgoing: '', incoming: '' } })).toMatchObject({
    server: { '10.0.0.1 → cart (virtual_node)': 1 },
  });
});

test('databases and brokers are told by their kind', () => {
  const spans = [
    call('client', shop, 'db.example', { family: 'db' }),
    call('producer', shop, 'mq', { family: 'messaging' }),
  ];
  expect(edges(spans)['total']).toEqual({
    'shop → db.example (database)': 1,
    'shop → mq (messaging_system)': 1,
  });
});

test('what ends with an error has failed', () => {
  const spans = [call('server', cart, 'shop', { status: 'error' }), call('server', cart, 'shop')];
  expect(edges(spans)).toMatchObject({ total: { 'shop → cart': 2 }, failed_total: { 'shop → cart': 1 } });
});

test('a call to the own address is left out unless it is wanted', () => {
  const local = { address: '127.0.0.1', port: 80, name: 'cart' };
  const span = call('server', cart, 'cart', { peer: { ...local, port: 5 }, host: local });
  expect(edges([span])).toEqual({});
  expect(edges([span], { allowsSelfReferences: true })['total']).toEqual({ 'cart → cart': 1 });
});

test('an unknown end is taken to be in the namespace of the service', () => {
  const namespaces = (otherName: string) => {
    const { metrics, write } = aggregate(feature);
    write([call('client', shop, otherName)]);
    const { attributes = {} } = seriesOf(metrics)['traces_service_graph_request_client']?.[0] ?? {};
    return [attributes['client_service_namespace'], attributes['server_service_namespace']];
  };
  expect(namespaces('')).toEqual(['front', 'front']);
  expect(namespaces('cart')).toEqual(['front', '']);
});

test('instances of a service are told together by the names of the edge', () => {
  const other = testService({ ...cart, instanceId: 'host:8', pid: 8 });
  const { metrics, services, write } = aggregate(feature);
  write([call('server', cart, 'shop'), call('server', other, 'shop')]);
  services.remove(cart);
  expect(services.hasNamed('cart')).toBe(true);
  services.remove(other);
  expect(services.hasNamed('cart')).toBe(false);
  expect(seriesOf(metrics)['traces_service_graph_request_total']?.map(({ count }) => count)).toEqual([1, 1]);
});
