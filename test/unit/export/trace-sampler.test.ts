import { describe, expect, test } from 'vitest';
import { rootRatio, type Sampled, samplerNamed, samplerOf } from '../../../src/export/trace-sampler.ts';
import { newTraceId } from '../../../src/span/ids.ts';
import { randomNumbers } from '../../support/random.ts';

/** A span that begins its trace, unless the change says otherwise. */
function span(traceId: string, change: Partial<Sampled> = {}): Sampled {
  return { traceId, parentSpanId: '', parentRule: 'none', traceFlags: 1, ...change };
}

test.each(['always_on', 'parentbased_always_on'] as const)('%s keeps every trace', (name) => {
  expect(samplerOf({ name, ratio: 0 })(span('f'.repeat(32)))).toBe(true);
});

test.each(['always_off', 'parentbased_always_off'] as const)('%s keeps none', (name) => {
  expect(samplerOf({ name, ratio: 1 })(span('0'.repeat(32)))).toBe(false);
});

describe.each(['traceidratio', 'parentbased_traceidratio'] as const)('%s', (name) => {
  test('decides by the second half of the id', () => {
    const half = samplerOf({ name, ratio: 0.5 });
    expect(half(span(`${'f'.repeat(16)}7fffffffffffffff`))).toBe(true);
    expect(half(span(`${'0'.repeat(16)}8000000000000000`))).toBe(false);
  });

  test('keeps about its share', () => {
    const tenth = samplerOf({ name, ratio: 0.1 });
    const kept = Array.from({ length: 20_000 }, () => span(newTraceId())).filter(tenth).length;
    expect(kept).toBeGreaterThan(1_700);
    expect(kept).toBeLessThan(2_300);
  });

  test('keeps all from 1 on and none up to 0', () => {
    expect([
      samplerOf({ name, ratio: 1 })(span('f'.repeat(32))),
      samplerOf({ name, ratio: 0 })(span('0'.repeat(32))),
      samplerOf({ name, ratio: -1 })(span('0'.repeat(32))),
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
  expect(samplerOf(samplerNamed({ name, arg }))(span('f'.repeat(32)))).toBe(keeps);
});

describe('with a parent', () => {
  const sampled = span('0'.repeat(32), { parentSpanId: '1'.repeat(16), parentRule: 'header' });
  const dropped = { ...sampled, traceFlags: 0xfe };
  const names = ['always_on', 'always_off', 'traceidratio'] as const;

  test.each(names)('parentbased_%s does what the parent says', (name) => {
    const sampler = samplerOf({ name: `parentbased_${name}`, ratio: 0 });
    expect([sampler(sampled), sampler(dropped)]).toEqual([true, false]);
  });

  test.each(names)('%s decides by itself', (name) => {
    const decide = samplerOf({ name, ratio: 0.5 });
    expect(decide(sampled)).toBe(decide(dropped));
  });
});

test.each([
  ['always_on', 1],
  ['parentbased_always_off', 0],
  ['parentbased_traceidratio', 0.25],
] as const)('%s begins the share of %d', (name, share) => {
  expect(rootRatio({ name, ratio: 0.25 })).toBe(share);
});

describe.each([0.01, 0.1, 0.5, 0.9])('a share of %d over 10,000 requests', (ratio) => {
  const numbers = randomNumbers(7);
  const word = () => numbers.next().value.toString(16).padStart(8, '0');
  const ids = Array.from({ length: 10_000 }, () => word() + word() + word() + word());
  const sigma = Math.sqrt(10_000 * ratio * (1 - ratio));
  const ofRoots = samplerOf({ name: 'parentbased_traceidratio', ratio });
  const kept = ids.filter((id) => ofRoots(span(id)));

  test.each(['traceidratio', 'parentbased_traceidratio'] as const)('%s is within three sigma', (name) => {
    const sampler = samplerOf({ name, ratio });
    const count = ids.filter((id) => sampler(span(id))).length;
    expect(Math.abs(count - 10_000 * ratio)).toBeLessThan(3 * sigma);
  });

  test('whole traces are kept or dropped, whatever the services further on are told to do', () => {
    const flags = new Map(ids.map((id) => [id, 0]));
    for (const id of kept) flags.set(id, 1);
    for (const name of ['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'] as const) {
      const further = samplerOf({ name, ratio: 0.3 });
      const change = { parentSpanId: '1'.repeat(16), parentRule: 'host' } as const;
      expect(ids.filter((id) => further(span(id, { ...change, traceFlags: flags.get(id) ?? 0 })))).toEqual(kept);
    }
    const alone = samplerOf({ name: 'traceidratio', ratio });
    expect(ids.filter((id) => alone(span(id)))).toEqual(kept);
  });
});
