import { describe, expect, test } from 'vitest';
import { Counter } from '../../../src/kernel/abi.gen.ts';
import { Activity } from '../../../src/telemetry/activity.ts';
import { Counters } from '../../../src/telemetry/counters.ts';
import { Histogram } from '../../../src/telemetry/histogram.ts';
import { InternalSources } from '../../../src/telemetry/internal.ts';
import { coverageOf, lossesOf, meaningOf } from '../../../src/telemetry/losses.ts';

test('a histogram adds up what stays below each bound', () => {
  const histogram = new Histogram([0, 10]);
  for (const value of [0, 5, 10, 11]) histogram.observe(value);
  histogram.observe(20, 3);
  expect(histogram.state()).toEqual({ bounds: [0, 10], counts: [1, 2, 4], sum: 86 });
});

test('activity is counted by process and by service, and a process can be forgotten', () => {
  const activity = new Activity();
  const shop = (pid: number) => ({ service: { name: 'shop', namespace: 'a', pid } });
  activity.record([shop(1), shop(1), shop(2)], 5000);
  activity.forget(2);
  expect(activity.of(1)).toEqual({ requests: 2, lastMs: 5000 });
  expect(activity.of(2)).toBeUndefined();
  const labels = { service_name: 'shop', service_namespace: 'a' };
  expect([...activity.requests()]).toEqual([{ labels, value: 3 }]);
  expect([...activity.lastSeconds()]).toEqual([{ labels, value: 5 }]);
});

test('several parts know shares of a figure, and take theirs back', () => {
  const sources = new InternalSources();
  const withdraw = sources.provide('queue_capacity_ratio', () => [{ labels: { subscriber: 'a' }, value: 0.5 }]);
  sources.provide('queue_capacity_ratio', () => [{ labels: { subscriber: 'b' }, value: 1 }]);
  expect([...sources.read('queue_capacity_ratio')].map(({ value }) => value)).toEqual([0.5, 1]);
  withdraw();
  expect([...sources.read('queue_capacity_ratio')].map(({ value }) => value)).toEqual([1]);
});

describe('losses', () => {
  test('every counter of the kernel programs that tells of a loss has its words', () => {
    const names = Object.keys(Counter).filter((name) => name.startsWith('lost'));
    const reasons = names.map((name) =>
      name
        .slice(4)
        .replace(/[A-Z]/g, (part) => `_${part.toLowerCase()}`)
        .slice(1),
    );
    expect(reasons.length).toBeGreaterThan(10);
    const unexplained = reasons.filter((reason) =>
      meaningOf({ part: 'kernel', reason, count: 1 }).what.includes('unknown'),
    );
    expect(unexplained).toEqual([]);
  });

  test('are gathered from every part, as they are when they are asked for', () => {
    const counters = new Counters();
    let full = 1;
    counters.refreshWith('kernel_events', () => counters.set('kernel_events', 'lost_ring_full', full));
    counters.set('kernel_events', 'exchanges', 100);
    counters.add('records_undecoded', 'unknown_kind', 2);
    counters.add('spans_lost', 'otlp_queue_full', 3);
    counters.add('points_lost', 'otlp_400', 4);
    full = 9;
    expect([...lossesOf(counters)]).toEqual([
      { part: 'kernel', reason: 'ring_full', count: 9 },
      { part: 'decode', reason: 'unknown_kind', count: 2 },
      { part: 'export', reason: 'otlp_queue_full', count: 3 },
      { part: 'export', reason: 'points_otlp_400', count: 4 },
    ]);
  });

  test('coverage is the share of the bytes that were seen', () => {
    const counters = new Counters();
    expect(coverageOf(counters)).toBeUndefined();
    counters.set('kernel_events', 'bytes_seen', 75);
    counters.set('kernel_events', 'bytes_missed', 25);
    expect(coverageOf(counters)).toBe(0.75);
  });
});
