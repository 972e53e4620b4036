import { expect, test } from 'vitest';
import { RouteTrie } from '../../../src/transform/route-trie.ts';

test('a segment collapses once it has more values than allowed, and never opens again', () => {
  const trie = new RouteTrie(3, '*');
  const routes = ['alice', 'bob', 'carol', 'dave', 'alice'].map((name) => trie.routeOf(`/api/users/${name}`));
  expect(routes).toEqual(['/api/users/alice', '/api/users/bob', '/api/users/carol', '/api/users/*', '/api/users/*']);
});

test('what stood below the collapsed values is merged and may collapse too', () => {
  const trie = new RouteTrie(2, '*');
  for (const path of ['/a/x', '/a/y', '/b/z', '/c/x']) trie.routeOf(path);
  expect(trie.routeOf('/d/x')).toBe('/*/*');
});

test('what stood below the collapsed values stays when it is little', () => {
  const trie = new RouteTrie(2, '*');
  for (const path of ['/a/orders', '/b/orders']) trie.routeOf(path);
  expect(trie.routeOf('/c/orders')).toBe('/*/orders');
});

test.each([
  ['/', '/'],
  ['', ''],
  ['/a?b=c', '/a'],
  ['GET /a', '/a'],
  ['PUT /a', '/PUT /a'],
  ['/a//b', '/a//b'],
])('the path %j becomes %j', (path, route) => {
  expect(new RouteTrie(10, '*').routeOf(path)).toBe(route);
});

test('no limit lets every path through', () => {
  expect(new RouteTrie(0, '*').routeOf('/a/b')).toBe('/a/b');
});

test('the version tells that an earlier answer may be no longer true', () => {
  const trie = new RouteTrie(1, '*');
  trie.routeOf('/a');
  const before = trie.version;
  trie.routeOf('/b');
  expect(trie.version).toBeGreaterThan(before);
});

test('a flood of deep paths ends in wildcards instead of memory', () => {
  const trie = new RouteTrie(10, '*');
  let last = '';
  for (let i = 0; i < 200_000; i++)
    last = trie.routeOf(`/${i % 10}/${(i >> 3) % 10}/${(i >> 6) % 10}/${(i >> 9) % 10}/${(i >> 12) % 10}`);
  expect(last).toContain('*');
});
