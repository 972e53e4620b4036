import { expect, test } from 'vitest';
import { quantileOf, redRows, redTable } from '../../../scripts/demo/red-table.ts';
import { parseSamples } from '../../support/prometheus-text.ts';

function exposition(series: readonly { route: string; status: number; fast: number; slow: number }[]): string {
  return series
    .map(({ route, status, fast, slow }) => {
      const labels = `http_request_method="GET",http_route="${route}",http_response_status_code="${status}"`;
      const name = 'http_server_request_duration_seconds';
      return [
        `${name}_bucket{${labels},le="0.01"} ${fast}`,
        `${name}_bucket{${labels},le="0.1"} ${fast + slow}`,
        `${name}_bucket{${labels},le="+Inf"} ${fast + slow}`,
        `${name}_count{${labels}} ${fast + slow}`,
        `${name}_sum{${labels}} 1`,
      ].join('\n');
    })
    .join('\n');
}

const before = parseSamples(exposition([{ route: '/a', status: 200, fast: 100, slow: 0 }]));
const after = parseSamples(
  exposition([
    { route: '/a', status: 200, fast: 150, slow: 25 },
    { route: '/a', status: 500, fast: 25, slow: 0 },
    { route: '/idle', status: 200, fast: 0, slow: 0 },
    { route: '/b', status: 404, fast: 2, slow: 0 },
  ]),
);

test('a row is what came between two scrapes, statuses of a route together', () => {
  expect(redRows(before, after)).toMatchObject([
    { name: 'GET /a', count: 100, errors: 25, statuses: ['200', '500'] },
    { name: 'GET /b', count: 2, errors: 0, statuses: ['404'] },
  ]);
});

test('a quantile lies within its bucket in proportion', () => {
  const buckets = new Map([
    [0.1, 100],
    [Number.POSITIVE_INFINITY, 100],
    [0.01, 75],
  ]);
  expect(quantileOf(0.5, buckets)).toBeCloseTo(0.00667, 5);
  expect(quantileOf(0.99, buckets)).toBeCloseTo(0.0964, 4);
});

test('what lies beyond the last bound is that bound', () => {
  expect(
    quantileOf(
      0.99,
      new Map([
        [10, 0],
        [Number.POSITIVE_INFINITY, 5],
      ]),
    ),
  ).toBe(10);
});

test('the table has a line for each route', () => {
  const lines = redTable(redRows(before, after), 10).split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/GET \/a +10\.0 +25\.0 +< 10 ms +82 ms +96 ms +200 500$/);
});
