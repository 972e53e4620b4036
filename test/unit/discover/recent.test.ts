import { expect, test } from 'vitest';
import { Recent } from '../../../src/discover/recent.ts';

test('an entry is kept for its time', () => {
  const recent = new Recent<number, string>(100, 10);
  recent.add(1, 'a', 0);
  expect(recent.get(1, 99)).toBe('a');
  expect(recent.get(1, 101)).toBeUndefined();
});

test('the oldest make room', () => {
  const recent = new Recent<number, string>(1000, 2);
  for (const key of [1, 2, 3]) recent.add(key, `${key}`, 0);
  expect([1, 2, 3].map((key) => recent.get(key, 1))).toEqual([undefined, '2', '3']);
});

test('an entry that is written again counts as new', () => {
  const recent = new Recent<number, string>(1000, 2);
  for (const key of [1, 2, 1, 3]) recent.add(key, `${key}`, 0);
  expect([1, 2, 3].map((key) => recent.get(key, 1))).toEqual(['1', undefined, '3']);
});
