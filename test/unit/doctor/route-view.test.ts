import { expect, test } from 'vitest';
import { renderRoutes, routeViews } from '../../../src/doctor/route-view.ts';
import { defaultRouteOptions, Routes } from '../../../src/transform/route.ts';
import { testService, testSpan } from '../../support/spans.ts';

const shop = testService({ name: 'shop', namespace: 'front' });
const second = testService({ ...shop, instanceId: 'host:2', pid: 2 });

function preview(paths: readonly string[]) {
  const routes = new Routes({ ...defaultRouteOptions, patterns: ['/item/{id}'], ignoredPatterns: ['/health'] });
  const spans = paths.map((target, i) => testSpan({ target, service: i % 2 === 0 ? shop : second }));
  routes.apply([...spans, testSpan({ target: '/item/9', side: 'client', service: shop })]);
  return routeViews([shop, second, testService({ name: 'idle' })], (service) => routes.decided(service));
}

test('paths are gathered by what they become, over all processes of a service', () => {
  expect(preview(['/item/1', '/item/2', '/item/3', '/item/3', '/health', '/hello'])).toEqual([
    {
      service: 'front/shop',
      direction: 'incoming',
      route: '/item/{id}',
      isIgnored: false,
      paths: 3,
      examples: ['/item/1', '/item/3', '/item/2'],
    },
    { service: 'front/shop', direction: 'incoming', route: '', isIgnored: true, paths: 1, examples: ['/health'] },
    { service: 'front/shop', direction: 'incoming', route: '/hello', isIgnored: false, paths: 1, examples: ['/hello'] },
    {
      service: 'front/shop',
      direction: 'outgoing',
      route: '/item/{id}',
      isIgnored: false,
      paths: 1,
      examples: ['/item/9'],
    },
  ]);
});

test('a table for people says what is ignored', () => {
  const text = renderRoutes(preview(['/item/1', '/health']));
  expect(text).toMatch(/^front\/shop +incoming +\/item\/\{id\} +1 \/item\/1$/m);
  expect(text).toMatch(/^front\/shop +incoming +\(ignored\) +1 \/health$/m);
  expect(renderRoutes([])).toBe('No request over HTTP was seen yet.\n');
});
