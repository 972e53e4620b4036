import { afterAll, beforeAll, expect, test } from 'vitest';
import { spanLines } from '../../../src/export/span-line.ts';
import { setClockOffset } from '../../../src/span/clock.ts';
import type { Span } from '../../../src/span/span.ts';
import { testService, testSpan } from '../../support/spans.ts';

const zone = process.env['TZ'];

beforeAll(() => {
  process.env['TZ'] = 'UTC';
});

afterAll(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

/** Sets the clock so that the monotonic instant 0 is the given wall time. */
function startClockAt(utc: string): void {
  setClockOffset(BigInt(Date.parse(utc)) * 1_000_000n);
}

/** The request of the article: the handler began at 13:49:04 and took 689.9 µs of 15.22 ms. */
function spanOfArticle(change: Partial<Span> = {}): Span {
  startClockAt('2023-04-19T13:49:04Z');
  const startNs = 20_000_000;
  const times = { requestStartNs: startNs - 14_530_100, startNs, endNs: startNs + 689_900 };
  return testSpan(times, change);
}

const traced = {
  traceId: '0123456789abcdef0123456789abcdef',
  spanId: '1111111111111111',
  parentSpanId: '2222222222222222',
  traceFlags: 1,
};
const service = testService({ name: 'web', namespace: 'shop', language: 'java' });
const named = () =>
  spanOfArticle({
    ...traced,
    service,
    route: '/hello',
    peer: { address: '::1', port: 54321, name: '' },
    host: { address: '10.0.0.2', port: 8080, name: 'web' },
  });

test('the line of the article is reproduced to the byte', () => {
  expect(spanLines.seed(spanOfArticle())).toBe(
    '2023-04-19 13:49:04 (15.22ms[689.9µs]) 200 GET /hello [::1]->[localhost:8080] size:0B',
  );
});

const head = '2023-04-19 13:49:04.4191494 (15.22ms[689.9µs])';
const addresses = '[::1]->[localhost:8080]';
const names = '[::1 as ::1:54321]->[10.0.0.2 as web:8080]';
const spaced = '[::1 as ::1:54321]->[10.0.0.2 as web.shop:8080]';
const incoming = '00-0123456789abcdef0123456789abcdef-2222222222222222-01';
const own = '00-0123456789abcdef0123456789abcdef-1111111111111111[2222222222222222]-01';

test.each([
  ['0.0.1', `${head} 200 GET /hello ${addresses} size:0B comm=[shop/web]`],
  ['0.0.4', `${head} 200 GET /hello ${addresses} size:0B comm=[shop/web] traceid=[0123456789abcdef0123456789abcdef]`],
  ['0.1', `${head} 200 GET /hello ${addresses} size:0B comm=[shop/web] traceparent=[${incoming}]`],
  ['0.3', `${head} 200 GET /hello ${addresses} size:0B svc=[shop/web] traceparent=[${incoming}]`],
  ['1.2', `${head} 200 GET /hello ${addresses} size:0B svc=[shop/web java] traceparent=[${incoming}]`],
  ['1.5', `${head} HTTP 200 GET /hello ${addresses} size:0B svc=[shop/web java] traceparent=[${incoming}]`],
  ['1.7', `${head} HTTP 200 GET /hello ${names} size:0B svc=[shop/web java] traceparent=[${incoming}]`],
  ['1.9', `${head} HTTP 200 GET /hello ${spaced} size:0B svc=[shop/web java] traceparent=[${own}]`],
  [
    '2.2',
    `${head} HTTP 200 GET /hello ${spaced} contentLen:0B responseLen:5B svc=[shop/web java] traceparent=[${own}]`,
  ],
  [
    '2.7',
    `${head} HTTP 200 GET /hello(/hello) ${spaced} contentLen:0B responseLen:5B svc=[shop/web java] traceparent=[${own}]`,
  ],
  [
    '2.8',
    `${head} HTTP(subType=0) 200 GET /hello(/hello) ${spaced} contentLen:0B responseLen:5B svc=[shop/web java] traceparent=[${own}]`,
  ],
  [
    'current',
    `${head} HTTP(subType=0) 200 GET /hello(/hello) ${spaced} contentLen:0B responseLen:5B svc=[shop/web java] traceparent=[${own}]`,
  ],
] as const)('the line of %s is reproduced to the byte', (vintage, line) => {
  expect(spanLines[vintage](named())).toBe(line);
});

test('a root shows zeros for its parent, a span without ids shows none', () => {
  const root = spanLines.current(spanOfArticle({ ...traced, parentSpanId: '' }));
  expect(root).toContain('traceparent=[00-0123456789abcdef0123456789abcdef-1111111111111111[0000000000000000]-01]');
  expect(spanLines.current(spanOfArticle())).toContain('traceparent=[]');
});

test('a client carries the own namespace on its own side', () => {
  const line = spanLines.current(testSpan({ side: 'client', service }));
  expect(line).toContain('HTTPClient(subType=0) 200 GET /hello [::1 as ::1.shop:54321]->[127.0.0.1 as 127.0.0.1:8080]');
});

test('what looks like a fraction repeats the date: May the 22nd at 2:03:53 pm', () => {
  startClockAt('2024-05-22T14:03:53Z');
  expect(spanLines.current(testSpan({ startNs: 900_000_000 }))).toMatch(/^2024-05-22 14:03:53\.5222353 /);
});
