import { expect, test } from 'vitest';
import { NotableTraces } from '../../../src/export/notable-traces.ts';
import { testSpan } from '../../support/spans.ts';

const trace = (letter: string) => letter.repeat(32);
const quick = (letter: string) => testSpan({ traceId: trace(letter) });
const failed = (letter: string) => testSpan({ traceId: trace(letter), status: 500 });

test('a trace in which something failed is shown with what was dropped of it, and with what comes', () => {
  const traces = new NotableTraces({ errors: true, slowerThanMs: 0 });
  const [child, other, error, later] = [quick('a'), quick('b'), failed('a'), quick('a')];
  expect([child, other, error, later].map((span) => traces.take(span))).toEqual([[], [], [child, error], [later]]);
});

test('what took longer than the limit is shown, what failed is not unless asked for', () => {
  const traces = new NotableTraces({ errors: false, slowerThanMs: 15 });
  const slow = testSpan({ traceId: trace('c') });
  const fast = testSpan({ traceId: trace('d'), endNs: 1_014_000_000 });
  expect([traces.take(slow), traces.take(fast), traces.take({ ...fast, status: 'error' })]).toEqual([[slow], [], []]);
});

test('holds a bounded number of spans, and lets go of the oldest traces', () => {
  const traces = new NotableTraces({ errors: true, slowerThanMs: 0 });
  const first = quick('e');
  traces.take(first);
  for (let i = 0; i < 8192; i++) traces.take(testSpan({ traceId: i.toString(16).padStart(32, '0') }));
  expect(traces.take(failed('e'))).toHaveLength(1);
  const last = testSpan({ traceId: (8191).toString(16).padStart(32, '0'), status: 500 });
  expect(traces.take(last)).toHaveLength(2);
});
