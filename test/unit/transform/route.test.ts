import { describe, expect, test } from 'vitest';
import type { Span } from '../../../src/span/span.ts';
import {
  createRoutes,
  defaultRouteOptions,
  type RouteOptions,
  type UnmatchedRoute,
} from '../../../src/transform/route.ts';
import { testService, testSpan } from '../../support/spans.ts';

function routed(options: Partial<RouteOptions>, ...spans: Span[]): readonly Span[] {
  return createRoutes({ ...defaultRouteOptions, ...options })(spans);
}

describe('without a matching pattern', () => {
  test.each([
    ['unset', '', 'GET'],
    ['path', '/users/123', 'GET /users/123'],
    ['wildcard', '/**', 'GET /**'],
    ['heuristic', '/users/*', 'GET /users/*'],
    ['low-cardinality', '/users/*', 'GET /users/*'],
  ] as const)('%s gives the route %j', (unmatched: UnmatchedRoute, route, name) => {
    const [span] = routed({ unmatched }, testSpan({ target: '/users/123' }));
    expect([span?.route, span?.name, span?.attributes['http.route']]).toEqual([route, name, route]);
  });
});

test('a client gets a route and a name, but no attribute of it', () => {
  const [span] = routed({}, testSpan({ side: 'client', target: '/users/123' }));
  expect([span?.route, span?.name]).toEqual(['/users/*', 'GET /users/*']);
  expect(Object.keys(span?.attributes ?? {})).not.toContain('http.route');
});

test('a template from a library probe is kept', () => {
  const [span] = routed({ patterns: ['/users/:id'] }, testSpan({ target: '/users/123', route: '/users/{id}' }));
  expect(span?.route).toBe('/users/{id}');
});

test('global patterns go before those of the service, and those before guessing', () => {
  const service = testService({ routes: { incoming: ['/a/:own', '/b/:own'], outgoing: ['/c/:own'] } });
  const targets = ['/a/1', '/b/1', '/c/1'];
  const spans = routed({ patterns: ['/a/:global'] }, ...targets.map((target) => testSpan({ service, target })));
  expect(spans.map(({ route }) => route)).toEqual(['/a/:global', '/b/:own', '/c/*']);
  const calls = routed({}, ...targets.map((target) => testSpan({ side: 'client', service, target })));
  expect(calls.map(({ route }) => route)).toEqual(['/a/*', '/b/*', '/c/:own']);
});

describe('an ignored pattern', () => {
  test.each([
    ['all', { metrics: true, traces: true }],
    ['metrics', { metrics: true, traces: false }],
    ['traces', { metrics: false, traces: true }],
  ] as const)('in mode %s marks the span', (ignoreMode, mark) => {
    const [span, other] = routed(
      { ignoredPatterns: ['/health'], ignoreMode },
      testSpan({ target: '/health' }),
      testSpan(),
    );
    expect(span?.ignored).toEqual(mark);
    expect(other?.ignored).toEqual({ metrics: false, traces: false });
  });

  test('is tried before everything else', () => {
    const [span] = routed(
      { ignoredPatterns: ['/users/*'], patterns: ['/users/:id'] },
      testSpan({ target: '/users/7' }),
    );
    expect([span?.ignored.metrics, span?.route]).toEqual([true, '']);
  });
});

test('processes of a service agree on what collapsed, other services are left alone', () => {
  const apply = createRoutes({ ...defaultRouteOptions, maxPathSegmentCardinality: 2 });
  const routeOf = (service: Span['service'], target: string) => apply([testSpan({ service, target })])[0]?.route;
  const [one, two, other] = [testService(), testService({ pid: 2 }), testService({ name: 'other' })];
  expect(['/alpha', '/beta', '/gamma'].map((target) => routeOf(one, target))).toEqual(['/alpha', '/beta', '/*']);
  expect([routeOf(two, '/alpha'), routeOf(one, '/alpha'), routeOf(other, '/alpha')]).toEqual(['/*', '/*', '/alpha']);
});

test('spans that are not HTTP are left without a guess, but patterns hold for them', () => {
  const rpc = {
    family: 'rpc',
    instrumentation: 'grpc',
    name: '/pkg.Service/Method',
    path: '/pkg.Service/Method',
  } as const;
  const [plain] = routed({}, testSpan({}, rpc));
  const [matched] = routed({ patterns: ['/pkg.Service/*'] }, testSpan({}, rpc));
  expect([plain?.route, plain?.name, matched?.route]).toEqual(['', '/pkg.Service/Method', '/pkg.Service/*']);
});
