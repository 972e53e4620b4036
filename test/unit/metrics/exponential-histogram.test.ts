import { describe, expect, test } from 'vitest';
import { ExponentialHistogram } from '../../../src/metrics/exponential-histogram.ts';

const shape = { maxSize: 160, maxScale: 3 };

function of(values: readonly number[], change: Partial<typeof shape> = {}): ExponentialHistogram {
  const histogram = new ExponentialHistogram({ ...shape, ...change });
  for (const value of values) histogram.add(value);
  return histogram;
}

/** Whether each value is within the bucket that counts it: above the lower bound, not above the upper. */
function countsRight(histogram: ExponentialHistogram, values: readonly number[]): boolean {
  const { scale, offset, counts } = histogram;
  const expected = counts.map((_, i) => {
    const [low, high] = [offset + i, offset + i + 1].map((index) => 2 ** (index * 2 ** -scale));
    return values.filter((value) => value > (low as number) && value <= (high as number)).length;
  });
  return JSON.stringify(expected) === JSON.stringify(counts);
}

test.each([
  [[1], 0, -1],
  [[2], 0, 0],
  [[2.0001], 0, 1],
  [[0.5], 0, -2],
  [[4], 1, 3],
  [[1024], -1, 4],
])('%j is counted at scale %i in the bucket %i', (values, maxScale, index) => {
  expect(of(values, { maxScale })).toMatchObject({ offset: index, counts: [1] });
});

test('nothing and less is counted as zero', () => {
  expect(of([0, -1, 3], { maxScale: 0 })).toMatchObject({ zeroCount: 2, counts: [1] });
});

describe('with values that reach far', () => {
  const values = Array.from({ length: 2_000 }, (_, i) => 1.0123 ** (i - 900) * 1.00001);

  test.each([160, 100, 10, 2])('a window of %i buckets is kept by making two of them one', (maxSize) => {
    const histogram = of(values, { maxSize, maxScale: 20 });
    expect(histogram.counts.length).toBeLessThanOrEqual(maxSize);
    expect(histogram.counts.length).toBeGreaterThanOrEqual(maxSize / 2 - 1);
    expect(countsRight(histogram, values)).toBe(true);
  });

  test('the order of the values does not matter', () => {
    const { scale, offset, counts } = of(values, { maxSize: 40 });
    expect(of(values.toReversed(), { maxSize: 40 })).toMatchObject({ scale, offset, counts });
  });
});

test('one absorbs another of a finer scale, and gives back what it took', () => {
  const coarse = of([0.001, 0.5, 1e6], { maxSize: 20 });
  const fine = of([0, 0.4, 0.41, 0.42], { maxSize: 20 });
  const both = coarse.clone();
  both.absorb(fine);
  expect(countsRight(both, [0.001, 0.5, 1e6, 0.4, 0.41, 0.42])).toBe(true);
  expect(both.zeroCount).toBe(1);
  both.absorb(fine, -1);
  expect(both).toMatchObject({ scale: coarse.scale, offset: coarse.offset, counts: coarse.counts, zeroCount: 0 });
});

test('one that is finer takes the scale of what it absorbs', () => {
  const fine = of([1, 1.1]);
  const coarse = of([1e-9, 1e9], { maxSize: 10 });
  fine.absorb(coarse);
  expect(fine.scale).toBe(coarse.scale);
  expect(countsRight(fine, [1, 1.1, 1e-9, 1e9])).toBe(true);
});

test('a copy is on its own', () => {
  const histogram = of([1]);
  const copy = histogram.clone();
  copy.add(1);
  expect([histogram.counts, copy.counts]).toEqual([[1], [2]]);
});
