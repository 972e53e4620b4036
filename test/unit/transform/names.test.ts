import { expect, test } from 'vitest';
import { createNames } from '../../../src/transform/names.ts';
import { testSpan } from '../../support/spans.ts';

const nobody = createNames({ lookup: () => undefined });

test('the own end of a server is the service, the caller stays an address', () => {
  const [span] = nobody([testSpan()]);
  expect([span?.host.name, span?.peer.name]).toEqual(['testserver', '']);
  expect([span?.attributes['server.address'], span?.attributes['client.address']]).toEqual(['testserver', '::1']);
});

test('the own end of a client is the service, the one called is the host that it asked for', () => {
  const [span] = nobody([testSpan({ side: 'client', hostHeader: 'api.example.org' })]);
  expect([span?.peer.name, span?.host.name]).toEqual(['testserver', 'api.example.org']);
  expect([span?.attributes['server.address'], span?.attributes['service.peer.name']]).toEqual(['api.example.org', '']);
});

test('a name that the resolver knows is shown', () => {
  const names = createNames({ lookup: (address) => ({ '::1': 'frontend', '127.0.0.1': 'backend' })[address] });
  const [server, client] = names([testSpan(), testSpan({ side: 'client', hostHeader: '' })]);
  expect([server?.attributes['client.address'], server?.attributes['server.address']]).toEqual(['frontend', 'backend']);
  expect([client?.attributes['server.address'], client?.attributes['service.peer.name']]).toEqual([
    'backend',
    'backend',
  ]);
});

test('requests for several hosts over one connection keep their own names', () => {
  const host = { address: '10.0.0.1', port: 3128, name: '' };
  const spans = ['one.example.org', 'two.example.org'].map((hostHeader) =>
    testSpan({ side: 'client', host, hostHeader }),
  );
  const shown = spans.map((span) => {
    nobody([span]);
    return [host.name, span.attributes['server.address'], span.attributes['service.peer.name']];
  });
  expect(shown).toEqual([
    ['one.example.org', 'one.example.org', ''],
    ['two.example.org', 'two.example.org', ''],
  ]);
});
