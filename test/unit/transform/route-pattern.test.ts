import { describe, expect, test } from 'vitest';
import { RoutePatterns } from '../../../src/transform/route-pattern.ts';

const patterns = new RoutePatterns([
  '/user/:id',
  '/user/me',
  '/user/{id}/orders/{order}',
  '/v:version/items',
  '/static/*',
  '/deep/*/ignored',
  '/with/slash/',
]);

test.each([
  ['/user/7', '/user/:id'],
  ['/user/me', '/user/me'],
  ['/user/7/', '/user/:id'],
  ['/user', undefined],
  ['/user/7/orders/9', '/user/{id}/orders/{order}'],
  ['/user/7/orders', undefined],
  ['/v2/items', '/v:version/items'],
  ['/v/items', undefined],
  ['/static', '/static/*'],
  ['/static/', '/static/*'],
  ['/static/css/a.css', '/static/*'],
  ['/deep', '/deep/*/ignored'],
  ['/deep/er', '/deep/*/ignored'],
  ['/with/slash', '/with/slash/'],
  ['with/slash', '/with/slash/'],
  ['/other', undefined],
  ['/', undefined],
])('the path %j is taken by %j', (path, pattern) => {
  expect(patterns.match(path)).toBe(pattern);
});

describe('in each segment', () => {
  test('a literal goes before a pattern and the choice is not taken back', () => {
    const own = new RoutePatterns(['/a/:x/end', '/a/b/other']);
    expect([own.match('/a/z/end'), own.match('/a/b/end')]).toEqual(['/a/:x/end', undefined]);
  });

  test('patterns are tried in the order of their definition, before *', () => {
    const own = new RoutePatterns(['/a/*', '/a/x:one', '/a/:any']);
    expect([own.match('/a/x1'), own.match('/a/y'), own.match('/a')]).toEqual(['/a/x:one', '/a/:any', '/a/*']);
  });
});

test('the root can be a pattern', () => {
  expect(new RoutePatterns(['/']).match('/')).toBe('/');
  expect(new RoutePatterns(['/*']).match('/')).toBe('/*');
});
