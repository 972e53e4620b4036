import { expect, test } from 'vitest';
import { otlpSignalOf } from '../../../src/protocol/otlp-call.ts';
import { testSpan } from '../../support/spans.ts';

test.each([
  ['POST of metrics', { target: '/v1/metrics' }, 'metrics'],
  ['POST of traces below a path', { target: '/otlp/v1/traces' }, 'traces'],
  ['a request that was received', { target: '/v1/traces', side: 'server' }, undefined],
  ['a call that was refused', { target: '/v1/traces', status: 404 }, undefined],
  ['another call', { target: '/v1/traces/7' }, undefined],
] as const)('%s', (_, facts, expected) => {
  expect(otlpSignalOf(testSpan({ side: 'client', method: 'POST', ...facts }))).toBe(expected);
});
