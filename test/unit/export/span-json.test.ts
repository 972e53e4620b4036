import { expect, test } from 'vitest';
import { spanJson } from '../../../src/export/span-json.ts';
import { wallNs } from '../../../src/span/clock.ts';
import { testSpan } from '../../support/spans.ts';

const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), parentSpanId: '' };

function microseconds(monotonicNs: number): string {
  return String(wallNs(monotonicNs) / 1000n);
}

test('a server span has these keys and values', () => {
  expect(spanJson(testSpan({ requestBytes: 3 }, { ...ids, route: '/hello' }))).toEqual({
    type: 'HTTP',
    peer: '::1',
    peerPort: '54321',
    host: '127.0.0.1',
    hostPort: '8080',
    traceID: 'a'.repeat(32),
    spanID: 'b'.repeat(16),
    parentSpanID: '0000000000000000',
    traceFlags: '1',
    peerName: '',
    hostName: '',
    kind: 'SPAN_KIND_SERVER',
    start: microseconds(1_000_000_000),
    handlerStart: microseconds(1_014_530_100),
    end: microseconds(1_015_220_000),
    duration: '15.22ms',
    handlerDuration: '689.9µs',
    durationUSec: '15220',
    handlerDurationUSec: '689',
    attributes: {
      clientAddr: '::1',
      contentLen: '3',
      method: 'GET',
      responseLen: '5',
      route: '/hello',
      serverAddr: '127.0.0.1',
      serverPort: '8080',
      status: '200',
      url: '/hello',
    },
  });
});

test('a client span has the attributes of its type', () => {
  const { type, attributes } = spanJson(testSpan({ side: 'client' }));
  expect([type, attributes]).toEqual([
    'HTTPClient',
    {
      clientAddr: '::1',
      contentLen: '0',
      method: 'GET',
      responseLen: '5',
      serverAddr: 'localhost',
      serverPort: '8080',
      status: '200',
      url: '/hello',
    },
  ]);
});
