import { describe, expect, test } from 'vitest';
import { judge, type Level, type Standing, unburdened } from '../../../src/governor/policy.ts';

const options = { budget: 0.5, patienceMs: 3000, hasProbes: false };
const over = 0.6;
const between = 0.4;
const under = 0.2;

/** What a service is at after each second of these costs. */
function course(costs: readonly number[], from: Standing = unburdened, hasProbes = false) {
  let standing = from;
  const levels = costs.map((cost): Level => {
    standing = judge(standing, cost, 1000, { ...options, hasProbes });
    return standing.level;
  });
  return { levels, last: standing };
}

const at = (level: Level, sheds = 1): Standing => ({ ...unburdened, level, sheds });
const times = (count: number, cost: number): number[] => Array.from({ length: count }, () => cost);
const [all, few, none, bare, nothing] = ['everything', 'few spans', 'no spans', 'no probes', 'nothing'] as const;
const steps = [all, all, few, few, few, none];

test.each<[string, readonly number[], readonly Level[]]>([
  ['within the budget nothing is shed', times(5, between), [all, all, all, all, all]],
  ['a peak that ends is borne', [over, over, between, over, over], [all, all, all, all, all]],
  ['each step takes patience', times(7, over), [all, all, few, few, few, none, none]],
  ['metrics are kept at up to twice the budget', times(12, over), [...steps, none, none, none, none, none, none]],
  ['beyond that they are not', times(12, 1.1), [...steps, none, none, nothing, nothing, nothing, nothing]],
])('%s', (_, costs, levels) => {
  expect(course(costs).levels).toEqual(levels);
});

test('probes are shed before the capture, and come back after it', () => {
  const down = course(times(15, 1.1), unburdened, true);
  expect([...new Set(down.levels)]).toEqual([all, few, none, bare, nothing]);
  expect(down.levels.filter((level) => level === bare)).toHaveLength(3);
  const up = course(times(12, 0), at(nothing, 0), true);
  expect([...new Set(up.levels)]).toEqual([nothing, bare, none, few, all]);
});

describe('the way back', () => {
  test.each<[string, Standing, readonly number[], readonly Level[]]>([
    ['begins well below the budget only', at(few), times(8, between), times(8, 0).map(() => few)],
    ['takes twice the patience after one step', at(few), times(6, under), [few, few, few, few, few, all]],
    ['starts anew after a peak', at(few), [...times(5, under), over, under], times(7, 0).map(() => few)],
    ['goes by steps', at(none, 0), times(6, under), [none, none, few, few, few, all]],
  ])('%s', (_, from, costs, levels) => {
    expect(course(costs, from).levels).toEqual(levels);
  });

  test('is longer for a service that was shed again and again, and ten minutes at most', () => {
    const secondsTo = (level: Level, sheds: number): number => {
      let standing = at(nothing, sheds);
      let seconds = 0;
      for (; standing.level !== level; seconds++) standing = judge(standing, 0, 1000, options);
      return seconds;
    };
    expect([0, 1, 3, 20].map((sheds) => secondsTo(none, sheds))).toEqual([3, 6, 24, 600]);
  });

  test('is short again for one that has behaved for long', () => {
    expect(course(times(6, under), at(all, 1)).last.sheds).toBe(0);
  });
});
