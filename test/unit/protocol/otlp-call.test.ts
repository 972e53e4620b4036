import { expect, test } from 'vitest';
import { otlpSignalOf } from '../../../src/protocol/otlp-call.ts';
import { rpcSpan } from '../../../src/protocol/rpc-facts.ts';
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

test.each([
  ['metrics', 'metrics.v1.MetricsService/Export', { code: 0 }, 'metrics'],
  ['traces', 'trace.v1.TraceService/Export', { code: 0 }, 'traces'],
  ['traces that were received', 'trace.v1.TraceService/Export', { code: 0, side: 'server' }, undefined],
  ['a call that failed', 'trace.v1.TraceService/Export', { code: 14 }, undefined],
  ['logs', 'logs.v1.LogsService/Export', { code: 0 }, undefined],
] as const)('over gRPC, %s', (_, method, facts, expected) => {
  const path = `/opentelemetry.proto.collector.${method}`;
  const http = testSpan();
  const call = rpcSpan({
    ...{ side: 'client', authority: 'collector:4317', reason: '', isStream: false, ...facts, method: path },
    ...{ requestBytes: 0, responseBytes: 0, requestStartNs: 0, startNs: 0, firstByteNs: 0, endNs: 1 },
    ...{ service: http.service, peer: http.peer, host: http.host, parentRule: 'none' },
    ...{ traceId: '', spanId: '', parentSpanId: '', traceFlags: 0, traceState: '' },
  });
  expect(otlpSignalOf(call)).toBe(expected);
});
