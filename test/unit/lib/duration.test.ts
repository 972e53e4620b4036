import { expect, test } from 'vitest';
import { goDuration, parseDuration } from '../../../src/lib/duration.ts';

test.each([
  ['300ms', 300],
  ['5s', 5000],
  ['1m30s', 90_000],
  ['1.5h', 5_400_000],
  ['0', 0],
  ['0s', 0],
  ['-2s', -2000],
  ['+2s', 2000],
  ['250us', 0.25],
  ['250µs', 0.25],
  ['250μs', 0.25],
  ['1ns', 1e-6],
  ['.5s', 500],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBeCloseTo(ms, 9);
});

test.each([
  ['5', 'unit'],
  ['', 'empty'],
  ['5 s', 'unknown unit'],
  ['5d', 'unknown unit "d"'],
  ['s', 'not a duration'],
  ['five', 'not a duration'],
  ['-', 'empty'],
])('%j is not a duration', (text, reason) => {
  expect(() => parseDuration(text)).toThrow(reason);
});

test.each([
  [0, '0s'],
  [1, '1ns'],
  [689_900, '689.9µs'],
  [15_220_000, '15.22ms'],
  [1_500_000_000, '1.5s'],
  [62_500_000_000, '1m2.5s'],
  [3_600_000_000_000, '1h0m0s'],
  [999, '999ns'],
  [1000, '1µs'],
  [203_280_000, '203.28ms'],
  [-1_000_000, '-1ms'],
])('%d ns prints as %s', (ns, text) => {
  expect(goDuration(ns)).toBe(text);
});
