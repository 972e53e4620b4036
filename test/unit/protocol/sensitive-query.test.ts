import { expect, test } from 'vitest';
import { redactQuery, sensitiveKeys } from '../../../src/protocol/sensitive-query.ts';

test.each([
  ['a=1&b=2', 'a=1&b=2'],
  ['token=abc', 'token=REDACTED'],
  ['a=1&token=abc&b=2', 'a=1&token=REDACTED&b=2'],
  ['token=a&password=b', 'token=REDACTED&password=REDACTED'],
  ['token=', 'token=REDACTED'],
  ['token', 'token'],
  ['token&a=1', 'token&a=1'],
  ['%74oken=abc', '%74oken=REDACTED'],
  ['TOKEN=abc', 'TOKEN=abc'],
  ['X-Amz-Signature=0f&x=1', 'X-Amz-Signature=REDACTED&x=1'],
  ['token=a=b&c', 'token=REDACTED&c'],
  ['%zz=1&sid=2', '%zz=1&sid=REDACTED'],
  ['&&sid=2&', '&&sid=REDACTED&'],
])('of the query %j is shown %j', (query, shown) => {
  expect(redactQuery(query)).toBe(shown);
});

test('the configuration adds keys to the list and takes keys off it', () => {
  const keys = sensitiveKeys({ add: ['mine'], remove: ['token'] });
  expect(redactQuery('mine=1&token=2&sid=3', keys)).toBe('mine=REDACTED&token=2&sid=REDACTED');
});
