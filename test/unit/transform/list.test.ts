import { expect, test } from 'vitest';
import { Transforms } from '../../../src/transform/list.ts';
import { defaultRouteOptions } from '../../../src/transform/route.ts';
import { testSpan } from '../../support/spans.ts';

test('a span is named, routed, filtered and identified, in this order', () => {
  const { SERVER, ROUTE } = { SERVER: 'server.address', ROUTE: 'http.route' } as const;
  const only = { equals: undefined, not_equals: undefined, greater_than: undefined, greater_equals: undefined };
  const transforms = new Transforms({
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
  const [span, ...others] = transforms.apply([testSpan({ target: '/users/7' }), testSpan({ target: '/hello' })]);
  expect(others).toEqual([]);
  expect([span?.attributes[SERVER], span?.attributes[ROUTE], span?.name]).toEqual([
    'testserver',
    '/users/*',
    'GET /users/*',
  ]);
  expect(span?.traceId).not.toBe('');
});

test('what is not asked for does not happen', () => {
  const [span] = new Transforms({ names: undefined, routes: undefined, filter: {}, needsIds: false }).apply([
    testSpan(),
  ]);
  expect([span?.name, span?.route, span?.traceId, span?.host.name]).toEqual(['GET', '', '', '']);
});

const routed = { names: undefined, routes: defaultRouteOptions, filter: {}, needsIds: false };
const routeOf = (transforms: Transforms, target: string) => transforms.apply([testSpan({ target })])[0]?.route;

test('what was seen of paths outlives a change of routes', () => {
  const transforms = new Transforms({ ...routed, routes: { ...defaultRouteOptions, maxPathSegmentCardinality: 2 } });
  for (const target of ['/a/one', '/a/two', '/a/three']) routeOf(transforms, target);
  const routes = { ...defaultRouteOptions, maxPathSegmentCardinality: 2, patterns: ['/b/:id'] };
  transforms.reconfigure({ ...routed, routes });
  expect([routeOf(transforms, '/a/four'), routeOf(transforms, '/b/1')]).toEqual(['/a/*', '/b/:id']);
  transforms.reconfigure({ ...routed, routes: undefined });
  expect(routeOf(transforms, '/a/four')).toBe('');
});

test('a filter that is refused leaves everything as it was', () => {
  const transforms = new Transforms(routed);
  const filter = { 'no.such': {} as never };
  expect(() => transforms.reconfigure({ ...routed, routes: undefined, filter })).toThrow('no.such');
  expect(routeOf(transforms, '/hello')).toBe('/hello');
});
