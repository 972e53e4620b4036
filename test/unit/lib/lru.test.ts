import { expect, test } from 'vitest';
import { Lru } from '../../../src/lib/lru.ts';

test('a cache forgets what was not asked for, and keeps what was', () => {
  const cache = new Lru<string, number>(2);
  cache.set('a', 1);
  cache.set('b', 2);
  cache.set('c', 3);
  expect(cache.get('a')).toBe(1);
  cache.set('d', 4);
  expect([cache.get('a'), cache.get('b')]).toEqual([1, undefined]);
});

test('a cache holds at most twice its size', () => {
  const cache = new Lru<number, number>(10);
  for (let i = 0; i < 1000; i++) cache.set(i, i);
  expect(cache.size).toBeLessThanOrEqual(20);
  expect(cache.get(999)).toBe(999);
});

test('a cleared cache is empty', () => {
  const cache = new Lru<number, number>(10);
  cache.set(1, 1);
  cache.clear();
  expect([cache.size, cache.get(1)]).toEqual([0, undefined]);
});
