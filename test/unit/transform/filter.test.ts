import { expect, test } from 'vitest';
import type { FilterClauses } from '../../../src/config/sections/filter.ts';
import { parseGlob } from '../../../src/lib/glob.ts';
import { createFilter } from '../../../src/transform/filter.ts';
import { testService, testSpan } from '../../support/spans.ts';

const nothing: FilterClauses = {
  match: undefined,
  not_match: undefined,
  equals: undefined,
  not_equals: undefined,
  greater_than: undefined,
  greater_equals: undefined,
  less_than: undefined,
  less_equals: undefined,
};

function kept(conditions: Record<string, Partial<FilterClauses>>): readonly string[] {
  const spans = [
    testSpan({ target: '/hello' }),
    testSpan({ target: '/health', status: 503 }),
    testSpan({
      target: '/hello',
      status: 404,
      service: testService({ name: 'other', resource: { 'host.name': 'node1' } }),
    }),
  ];
  const full = Object.fromEntries(
    Object.entries(conditions).map(([name, clauses]) => [name, { ...nothing, ...clauses }]),
  );
  return createFilter(full)(spans).map(({ statusCode }) => String(statusCode));
}

test.each<[Record<string, Partial<FilterClauses>>, string[]]>([
  [{}, ['200', '503', '404']],
  [{ 'url.path': { match: parseGlob('/hel*') } }, ['200', '404']],
  [{ url_path: { not_match: parseGlob('/health') } }, ['200', '404']],
  [{ 'http.response.status_code': { greater_equals: 400, less_than: 500 } }, ['404']],
  [{ 'http.response.status_code': { not_equals: 200 } }, ['503', '404']],
  [{ 'http.response.status_code': { equals: 200 } }, ['200']],
  [{ 'http.response.status_code': { greater_than: 404 } }, ['503']],
  [{ 'http.response.status_code': { less_equals: 404 } }, ['200', '404']],
  [{ 'service.name': { match: parseGlob('other') }, 'url.path': { match: parseGlob('/hello') } }, ['404']],
  [{ 'host.name': { match: parseGlob('node1') } }, ['404']],
  [{ 'url.path': { equals: 5 } }, []],
])('of the conditions %j these are kept: %j', (conditions, expected) => {
  expect(kept(conditions)).toEqual(expected);
});

test('an attribute that no span has is refused', () => {
  expect(() => kept({ 'no.such': { equals: 1 } })).toThrow('"no.such" is not an attribute of spans');
});
