import { expect, test } from 'vitest';
import { createTransforms } from '../../../src/transform/list.ts';
import { defaultRouteOptions } from '../../../src/transform/route.ts';
import { testSpan } from '../../support/spans.ts';

test('a span is named, routed, filtered and identified, in this order', () => {
  const { SERVER, ROUTE } = { SERVER: 'server.address', ROUTE: 'http.route' } as const;
  const only = { equals: undefined, not_equals: undefined, greater_than: undefined, greater_equals: undefined };
  const transform = createTransforms({
    names: { lookup: () => undefined },
    routes: defaultRouteOptions,
    filter: {
      [ROUTE]: {
        ...only,
        less_than: undefined,
        less_equals: undefined,
        not_match: undefined,
        match: { text: '', matches: (text) => text === '/users/*' },
      },
    },
    needsIds: true,
  });
  const [span, ...others] = transform([testSpan({ target: '/users/7' }), testSpan({ target: '/hello' })]);
  expect(others).toEqual([]);
  expect([span?.attributes[SERVER], span?.attributes[ROUTE], span?.name]).toEqual([
    'testserver',
    '/users/*',
    'GET /users/*',
  ]);
  expect(span?.traceId).not.toBe('');
});

test('what is not asked for does not happen', () => {
  const [span] = createTransforms({ names: undefined, routes: undefined, filter: {}, needsIds: false })([testSpan()]);
  expect([span?.name, span?.route, span?.traceId, span?.host.name]).toEqual(['GET', '', '', '']);
});
