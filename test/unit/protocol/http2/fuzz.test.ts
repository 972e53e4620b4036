import { expect, test } from 'vitest';
import { fuzzHttp2, maxConnectionBytes } from '../../../support/http2-fuzz.ts';

test('mutated records throw nothing, are counted where they cannot be read, and are not kept', () => {
  const { spans, losses, mostBytes } = fuzzHttp2(7, 50_000);
  expect(spans).toBeGreaterThan(1000);
  expect(losses).toBeGreaterThan(1000);
  expect(mostBytes).toBeLessThanOrEqual(maxConnectionBytes);
});
