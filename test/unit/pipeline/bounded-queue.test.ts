import { expect, test } from 'vitest';
import { BoundedQueue } from '../../../src/pipeline/bounded-queue.ts';

test('items leave in the order they came, as many as fit', () => {
  const queue = new BoundedQueue<string>(10);
  queue.push('a', 3);
  queue.push('b', 3);
  queue.push('c', 3);
  expect(queue.room).toBe(1);
  expect(queue.take(6)).toEqual({ items: ['a', 'b'], weight: 6 });
  expect(queue.take(100)).toEqual({ items: ['c'], weight: 3 });
  expect(queue.take(100)).toEqual({ items: [], weight: 0 });
});

test('an item that is heavier than asked for leaves alone', () => {
  const queue = new BoundedQueue<string>(10);
  queue.push('heavy', 8);
  queue.push('light', 1);
  expect(queue.take(5).items).toEqual(['heavy']);
});
