import { expect, test } from 'vitest';
import { identify } from '../../../src/transform/identify.ts';
import { testSpan } from '../../support/spans.ts';

test('a span without ids gets random ones and is sampled', () => {
  const spans = identify(Array.from({ length: 5_000 }, () => testSpan({ traceFlags: 0 })));
  for (const { traceId, spanId, parentSpanId, traceFlags } of spans) {
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(spanId).toMatch(/^[0-9a-f]{16}$/);
    expect([parentSpanId, traceFlags]).toEqual(['', 1]);
  }
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(5_000);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(5_000);
});

test('a trace that came with the request is continued', () => {
  const ids = { traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16), traceFlags: 0 };
  const [span] = identify([testSpan(ids)]);
  expect(span).toMatchObject(ids);
  expect(span?.spanId).toMatch(/^[0-9a-f]{16}$/);
});

test('ids that are there are kept', () => {
  const ids = { traceId: 'a'.repeat(32), spanId: 'c'.repeat(16) };
  expect(identify([testSpan(ids)])[0]).toMatchObject(ids);
});
