import { describe, expect, test } from 'vitest';
import { samplerNamed, samplerOf } from '../../../src/export/trace-sampler.ts';
import { newTraceId } from '../../../src/span/ids.ts';

test.each(['always_on', 'parentbased_always_on'] as const)('%s keeps every trace', (name) => {
  expect(samplerOf(name, 0)('f'.repeat(32))).toBe(true);
});

test.each(['always_off', 'parentbased_always_off'] as const)('%s keeps none', (name) => {
  expect(samplerOf(name, 1)('0'.repeat(32))).toBe(false);
});

describe.each(['traceidratio', 'parentbased_traceidratio'] as const)('%s', (name) => {
  test('decides by the second half of the id', () => {
    const half = samplerOf(name, 0.5);
    expect(half(`${'f'.repeat(16)}7fffffffffffffff`)).toBe(true);
    expect(half(`${'0'.repeat(16)}8000000000000000`)).toBe(false);
  });

  test('keeps about its share', () => {
    const tenth = samplerOf(name, 0.1);
    const kept = Array.from({ length: 20_000 }, newTraceId).filter(tenth).length;
    expect(kept).toBeGreaterThan(1_700);
    expect(kept).toBeLessThan(2_300);
  });

  test('keeps all from 1 on and none up to 0', () => {
    expect([
      samplerOf(name, 1)('f'.repeat(32)),
      samplerOf(name, 0)('0'.repeat(32)),
      samplerOf(name, -1)('0'.repeat(32)),
    ]).toEqual([true, false, false]);
  });
});

test.each([
  ['always_off', '', false],
  ['traceidratio', '0', false],
  ['traceidratio', '', true],
  ['traceidratio', 'half', true],
  ['no_such_sampler', '0', true],
])('an entry that says %s %j', (name, arg, keeps) => {
  expect(samplerNamed({ name, arg })('f'.repeat(32))).toBe(keeps);
});
