import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Governor } from '../../../src/governor/governor.ts';
import { ProbeCost } from '../../../src/governor/probe-cost.ts';
import type { Span } from '../../../src/span/span.ts';
import { counters } from '../../../src/telemetry/counters.ts';
import { testService, testSpan } from '../../support/spans.ts';

const hot = testService({ name: 'hot' });
const calm = testService({ name: 'calm' });
let runTimeNs: number;
let isMeasured: boolean;
let captured: string[];
let governor: Governor;
let hasProbes: boolean;

/** A kernel whose programs take half a millisecond for each record of the hot service. */
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  vi.spyOn(process, 'cpuUsage').mockReturnValue({ user: 0, system: 0 });
  runTimeNs = 0;
  isMeasured = false;
  captured = [];
  hasProbes = false;
  const info = { fd: 3, id: 1, name: 'p', type: 't', section: 's', runCount: 0, recursionMisses: 0 };
  const program = () => ({ ...info, verifiedInstructions: 0, jitedBytes: 0, runTimeNs });
  const enableStats = () => {
    isMeasured = true;
    return {
      close() {
        isMeasured = false;
      },
    };
  };
  const probes = new ProbeCost({
    addon: { enableStats },
    objects: () => [{ programs: () => ['p'], programInfo: program }],
  });
  governor = new Governor({
    ...{ budget: 0.1, patienceMs: 2000, intervalMs: 1000, probes, showsSpans: true },
    capture: ({ name }, how) => captured.push(`${name}: ${how}`),
    hasProbes: () => hasProbes,
  });
  await governor.start();
});

afterEach(async () => {
  await governor.stop();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A second with 1000 requests of the hot service and 10 of the other; returns how many of each had their span shown. */
function second(hotRequests = 1000): Record<string, number> {
  const spans = [
    ...Array.from({ length: hotRequests }, (_, i) =>
      testSpan({ service: hot }, { traceId: traceId((i + 0.5) / hotRequests) }),
    ),
    ...Array.from({ length: 10 }, (_, i) => testSpan({ service: calm }, { traceId: traceId(i / 10) })),
  ];
  if (isMeasured) runTimeNs += spans.length * 500_000;
  governor.govern(spans);
  vi.advanceTimersByTime(1000);
  return { hot: shown(spans, 'hot'), calm: shown(spans, 'calm') };
}

/** With its random part at this share of the whole range. */
function traceId(share: number): string {
  return `${'a'.repeat(16)}${Math.floor(share * 2 ** 32)
    .toString(16)
    .padStart(8, '0')}${'0'.repeat(8)}`;
}

function shown(spans: readonly Span[], name: string): number {
  return spans.filter(({ service, ignored }) => service.name === name && !ignored.traces).length;
}

test('a hot service loses its spans by steps, then its capture; the other keeps everything', () => {
  const lost = counters.get('spans_lost', 'governor');
  const told = Array.from({ length: 8 }, () => second());
  // Two seconds to measure, then two for each step.
  expect(told.map(({ hot }) => hot)).toEqual([1000, 1000, 1000, 100, 100, 0, 0, 0]);
  expect(new Set(told.map(({ calm }) => calm))).toEqual(new Set([10]));
  expect(captured).toEqual(['hot: nothing']);
  expect(counters.get('spans_lost', 'governor') - lost).toBe(900 * 2 + 1000 * 3);
});

test('RED metrics count what is not shown', () => {
  const span = testSpan({ service: hot });
  for (let i = 0; i < 6; i++) second();
  governor.govern([span]);
  expect(span.ignored).toEqual({ metrics: false, traces: true });
});

test('the service is captured again after a while', () => {
  for (let i = 0; i < 8; i++) second();
  expect(captured).toEqual(['hot: nothing']);
  for (let i = 0; i < 20; i++) second(0);
  expect(captured).toEqual(['hot: nothing', 'hot: all']);
});

test('a service with probes loses these first', () => {
  hasProbes = true;
  for (let i = 0; i < 10; i++) second();
  hasProbes = false; // they were taken out
  expect(captured).toEqual(['hot: plain text', 'hot: nothing']);
  for (let i = 0; i < 80; i++) second(0);
  expect(captured.slice(2)).toEqual(['hot: plain text', 'hot: all']);
});

test('the kernel measures its programs in slices', () => {
  second();
  const measured = Array.from({ length: 60 }, () => {
    second();
    return isMeasured;
  });
  expect(measured.filter((is) => is)).toHaveLength(2);
});

test('what is too little to matter is not measured', () => {
  const measured = Array.from({ length: 60 }, () => {
    second(100);
    return isMeasured;
  });
  expect(measured).not.toContain(true);
});
