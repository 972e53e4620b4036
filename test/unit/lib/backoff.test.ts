import { expect, test } from 'vitest';
import { backoffMs } from '../../../src/lib/backoff.ts';

const options = { initialMs: 5_000, maxMs: 30_000 };

test('pauses grow by half and stay below the bound', () => {
  const middle = [1, 2, 3, 4, 5, 6, 20].map((retry) => backoffMs(retry, options, 0.5));
  expect(middle).toEqual([5_000, 7_500, 11_250, 16_875, 25_312.5, 30_000, 30_000]);
});

test('pauses are spread by half to each side', () => {
  expect([backoffMs(1, options, 0), backoffMs(1, options, 1)]).toEqual([2_500, 7_500]);
});
