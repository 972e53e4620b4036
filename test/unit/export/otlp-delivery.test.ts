import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OtlpDelivery } from '../../../src/export/otlp-delivery.ts';
import { retryAfterMs } from '../../../src/export/otlp-http.ts';
import { counters } from '../../../src/telemetry/counters.ts';
import { deliveryOptions } from '../../support/otlp-options.ts';
import { type OtlpReceiver, otlpReceiver, refusedUrl } from '../../support/otlp-receiver.ts';

let receiver: OtlpReceiver;

beforeEach(async () => {
  receiver = await otlpReceiver();
});

afterEach(() => receiver.close());

const body = Buffer.from('0a00', 'hex');

function deliveryTo(url: string, change = {}) {
  return new OtlpDelivery('traces', deliveryOptions(`${url}/v1/traces`, change));
}

/** Growth of a counter while the work is done. */
async function growth(
  name: Parameters<typeof counters.get>[0],
  reason: string,
  work: () => Promise<unknown>,
): Promise<number> {
  const before = counters.get(name, reason);
  await work();
  return counters.get(name, reason) - before;
}

test.each([429, 502, 503, 504])('the answer %i is an invitation to come again', async (status) => {
  receiver.answers.push({ status }, { status });
  expect(await deliveryTo(receiver.url).send(body, 1)).toBe(true);
  expect(receiver.requests).toHaveLength(1);
});

test.each([400, 401, 403, 404, 413, 500])('the answer %i is final', async (status) => {
  receiver.answers.push({ status });
  const lost = await growth('spans_lost', `otlp_http_${status}`, () => deliveryTo(receiver.url).send(body, 7));
  expect([lost, receiver.requests.length]).toEqual([7, 0]);
});

test('a receiver that says when to come again is heard', async () => {
  receiver.answers.push({ status: 429, headers: { 'retry-after': '0' } });
  const delivery = deliveryTo(receiver.url, { retry: { initialMs: 60_000, maxMs: 60_000, maxElapsedMs: 120_000 } });
  expect(await delivery.send(body, 1)).toBe(true);
});

test('what a receiver does not take of a request is counted', async () => {
  // ExportTracePartialSuccess { rejected_spans: 3, error_message: "no" }
  receiver.answers.push({ body: Buffer.from('0a06' + '0803' + '12026e6f', 'hex') });
  const lost = await growth('spans_lost', 'otlp_partial_success', () => deliveryTo(receiver.url).send(body, 5));
  expect(lost).toBe(3);
});

test('of an answer in JSON as well', async () => {
  receiver.answers.push({ body: '{"partialSuccess":{"rejectedSpans":"3","errorMessage":"no"}}' });
  const delivery = deliveryTo(receiver.url, { protocol: 'http/json' });
  expect(await growth('spans_lost', 'otlp_partial_success', () => delivery.send(Buffer.from('{}'), 5))).toBe(3);
});

test('an answer that cannot be read is still a success', async () => {
  receiver.answers.push({ body: 'OK, thank you' });
  expect(await deliveryTo(receiver.url).send(body, 1)).toBe(true);
});

test('a receiver that never answers costs the timeout', async () => {
  receiver.answers.push({ hang: true });
  const errors = await growth('otel_trace_export_errors', 'timeout', () =>
    deliveryTo(receiver.url, { timeoutMs: 20 }).send(body, 1),
  );
  expect([errors, receiver.requests.length]).toEqual([1, 1]);
});

test('a request is given up after its time, and every attempt is counted', async () => {
  const retry = { initialMs: 5, maxMs: 5, maxElapsedMs: 100 };
  const url = await refusedUrl();
  const before = counters.get('spans_lost', 'otlp_ECONNREFUSED');
  const errors = await growth('otel_trace_export_errors', 'ECONNREFUSED', () =>
    deliveryTo(url, { retry }).send(body, 9),
  );
  expect(errors).toBeGreaterThan(2);
  expect(counters.get('spans_lost', 'otlp_ECONNREFUSED') - before).toBe(9);
});

test('a request can be compressed', async () => {
  await deliveryTo(receiver.url, { gzip: true }).send(body, 1);
  expect(receiver.requests[0]?.headers['content-encoding']).toBe('gzip');
});

describe('through a proxy', () => {
  const asked: string[] = [];
  const proxy = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end();
  });
  let proxyUrl = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address();
    proxyUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  });
  afterAll(() => void proxy.close());

  test('go requests for other hosts, unless the variables except them', async () => {
    const proxies = { HTTP_PROXY: proxyUrl, HTTPS_PROXY: '', NO_PROXY: '' };
    expect(await deliveryTo('http://collector.test:4318', { proxies }).send(body, 1)).toBe(true);
    expect(asked).toEqual(['http://collector.test:4318/v1/traces']);
    expect(await deliveryTo(receiver.url, { proxies }).send(body, 1)).toBe(true);
    expect([asked.length, receiver.requests.length]).toEqual([1, 1]);
  });

  test('goes nothing while there are no variables', async () => {
    const proxies = { HTTP_PROXY: '', HTTPS_PROXY: '', NO_PROXY: '' };
    expect(await deliveryTo(receiver.url, { proxies }).send(body, 1)).toBe(true);
    expect(receiver.requests).toHaveLength(1);
  });
});

describe('Retry-After', () => {
  test.each([
    [undefined, undefined],
    ['5', 5_000],
    ['Thu, 01 Jan 1970 00:00:30 GMT', 20_000],
    ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
    ['soon', undefined],
  ])('%j is %j ms at ten seconds past the epoch', (header, ms) => {
    expect(retryAfterMs(header, 10_000)).toBe(ms);
  });
});
