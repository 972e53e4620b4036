import { describe, expect, test } from 'vitest';
import type { HttpOutcome } from '../../../src/protocol/http-facts.ts';
import { testSpan } from '../../support/spans.ts';

test('a server span has the attributes of the conventions in their order', () => {
  const span = testSpan({ target: '/users/7?page=2&token=x', status: 404, requestBytes: -1 });
  expect(Object.entries(span.attributes)).toEqual([
    ['http.response.status_code', 404],
    ['client.address', '::1'],
    ['server.address', '127.0.0.1'],
    ['server.port', 8080],
    ['http.request.body.size', 0],
    ['http.response.body.size', 5],
    ['http.request.method', 'GET'],
    ['url.path', '/users/7'],
    ['url.scheme', 'http'],
    ['http.route', ''],
    ['url.query', 'page=2&token=REDACTED'],
    ['error.type', ''],
  ]);
});

test('a client span has the attributes of the conventions in their order', () => {
  const span = testSpan({ side: 'client', target: '/users/7?page=2', isTls: true, hostHeader: 'api.example.org:8443' });
  expect(Object.entries(span.attributes)).toEqual([
    ['http.response.status_code', 200],
    ['url.full', 'https://api.example.org:8443/users/7'],
    ['url.scheme', 'https'],
    ['server.address', 'api.example.org'],
    ['service.peer.name', ''],
    ['server.port', 8080],
    ['http.request.body.size', 0],
    ['http.response.body.size', 5],
    ['http.request.method', 'GET'],
    ['url.query', 'page=2'],
    ['error.type', ''],
  ]);
});

test('a client without a Host header shows the address it called', () => {
  const { attributes } = testSpan({ side: 'client', hostHeader: '' });
  expect(attributes['server.address']).toBe('127.0.0.1');
  expect(attributes['url.full']).toBe('/hello');
});

test('a request through a proxy names the host of its target', () => {
  const { path, attributes } = testSpan({ side: 'client', hostHeader: '', target: 'http://example.org/a' });
  expect([path, attributes['url.full']]).toEqual(['/a', 'http://example.org/a']);
});

test('the type, the kind and the name follow the side', () => {
  const { type, kind, name } = testSpan();
  expect([type, kind, name]).toEqual(['HTTP', 'server', 'GET']);
  const client = testSpan({ side: 'client' });
  expect([client.type, client.kind]).toEqual(['HTTPClient', 'client']);
});

test('a template from a library probe names the span at once', () => {
  const { name, route, attributes } = testSpan({ route: '/users/{id}' });
  expect([name, route, attributes['http.route']]).toEqual(['GET /users/{id}', '/users/{id}', '/users/{id}']);
});

describe('the status', () => {
  test.each([
    ['server', 200, 'unset'],
    ['server', 404, 'unset'],
    ['server', 499, 'unset'],
    ['server', 500, 'error'],
    ['server', 0, 'error'],
    ['client', 200, 'unset'],
    ['client', 399, 'unset'],
    ['client', 400, 'error'],
    ['client', 503, 'error'],
    ['client', 0, 'error'],
  ] as const)('of a %s span that ends with %i is %s', (side, status, expected) => {
    expect(testSpan({ side, status }).status).toBe(expected);
  });

  test.each([
    ['client_abort', 400, 'unset'],
    ['server_reset', 400, 'error'],
    ['no_response', 400, 'error'],
    ['timeout', 408, 'error'],
  ] as const)('of a server span without a response because of %s', (outcome: HttpOutcome, code, expected) => {
    const span = testSpan({ status: 0, outcome });
    expect([span.statusCode, span.status, span.attributes['error.type']]).toEqual([code, expected, outcome]);
  });

  test('that came before the body broke off is kept', () => {
    const span = testSpan({ status: 200, outcome: 'server_reset' });
    expect([span.statusCode, span.status]).toEqual([200, 'error']);
  });
});
