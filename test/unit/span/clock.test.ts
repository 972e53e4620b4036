import { expect, test } from 'vitest';
import { setClockOffset, wallNs, wallWords } from '../../../src/span/clock.ts';

const second = 1_000_000_000n;

test.each([0n, 1n, 1_764_000_000n * second, 2n ** 32n - 1n, 2n ** 61n - 1n])(
  'words of a wall time are the time itself, with an offset of %s',
  (offset) => {
    setClockOffset(offset);
    for (const ns of [0, 1, 2 ** 32 - 1, 2 ** 32, 12_345_678_901_234, 2 ** 52 + 1]) {
      const [low, high] = wallWords(ns);
      expect((BigInt(high) << 32n) | BigInt(low)).toBe(wallNs(ns));
    }
  },
);
