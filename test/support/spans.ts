import { type HttpFacts, httpSpan } from '../../src/protocol/http-facts.ts';
import type { Service } from '../../src/span/service.ts';
import type { Span } from '../../src/span/span.ts';

export function testService(change: Partial<Service> = {}): Service {
  return {
    name: 'testserver',
    namespace: '',
    instanceId: 'host:4242',
    language: 'go',
    pid: 4242,
    executable: '/srv/testserver',
    resource: {},
    exports: { metrics: true, traces: true },
    ...change,
  };
}

const service = testService();

/** A `GET /hello` answered with 200 after 15.22 ms, of which the handler took 689.9 µs. */
export function testSpan(facts: Partial<HttpFacts> = {}, change: Partial<Span> = {}): Span {
  const span = httpSpan({
    side: 'server',
    service,
    method: 'GET',
    target: '/hello',
    hostHeader: 'localhost:8080',
    isTls: false,
    status: 200,
    outcome: 'complete',
    requestBytes: 0,
    responseBytes: 5,
    requestStartNs: 1_000_000_000,
    startNs: 1_014_530_100,
    firstByteNs: 1_015_000_000,
    endNs: 1_015_220_000,
    peer: { address: '::1', port: 54321, name: '' },
    host: { address: '127.0.0.1', port: 8080, name: '' },
    ...facts,
  });
  return Object.assign(span, change);
}

/** Spans of the paths, in that order. */
export function spansOf(paths: readonly string[], facts: Partial<HttpFacts> = {}): readonly Span[] {
  return paths.map((target, i) =>
    testSpan({ target, ...facts }, { traceId: hex(i + 1, 32), spanId: hex(i + 1, 16), route: target }),
  );
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
