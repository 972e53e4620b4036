import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { expect, test } from 'vitest';
import { otlpTracesSink } from '../../../src/export/otlp-traces.ts';
import type { Span } from '../../../src/span/span.ts';
import { byResource } from '../../support/otlp-normal.ts';
import { deliveryOptions } from '../../support/otlp-options.ts';
import { otlpReceiver } from '../../support/otlp-receiver.ts';
import { sdkSpan } from '../../support/sdk-span.ts';
import { testService, testSpan } from '../../support/spans.ts';

function spanLike(change: Partial<Span> = {}, attributes: Record<string, unknown> = {}): Span {
  const ids = { traceId: `0123456789abcdef${'a'.repeat(16)}`, spanId: 'fedcba9876543210', traceFlags: 1 };
  const span = testSpan({ requestStartNs: 2_000_000, startNs: 2_000_000 }, { ...ids, ...change });
  Object.assign(span.attributes, attributes);
  return span;
}

const spans: readonly [string, Span][] = [
  ['a root', spanLike()],
  ['a remote parent', spanLike({ parentSpanId: 'c'.repeat(16), traceFlags: 0 })],
  ['an error with words', spanLike({ status: 'error', statusMessage: 'deadline exceeded: ü' })],
  ['a long name beyond ASCII', spanLike({ name: `GET /${'ä'.repeat(300)}` })],
  ['numbers of any sign and size', spanLike({}, { a: -1, b: 2 ** 40, c: -(2 ** 40), d: 0.25, e: 127, f: 128 })],
  ['truths and lists', spanLike({}, { yes: true, no: false, many: ['a', 'ß', 'c'.repeat(200)] })],
  ['a resource of its own', spanLike({ service: testService({ namespace: 'shop', resource: { 'host.name': 'ñ' } }) })],
];

test.each(
  (['http/json', 'http/protobuf'] as const).flatMap((protocol) => spans.map(([of, span]) => ({ protocol, of, span }))),
)("over $protocol, a receiver reads of $of what the SDK's exporter tells it", async ({ protocol, span }) => {
  const receiver = await otlpReceiver();
  const sdk = new OTLPTraceExporter({ url: `${receiver.url}/v1/traces` });
  const code = await new Promise<ExportResultCode>((resolve) =>
    sdk.export([sdkSpan(span)], (result) => resolve(result.code)),
  );
  expect(code).toBe(ExportResultCode.SUCCESS);
  await sdk.shutdown();
  const sink = otlpTracesSink({
    ...deliveryOptions(`${receiver.url}/v1/traces`, { protocol }),
    instrumentations: ['http'],
    sampler: { name: 'always_on', ratio: 1 },
    batchMaxSize: 1,
    batchTimeoutMs: 10,
    queueSize: 16,
    select: {},
    hasSpanMetrics: false,
    closeMs: 300,
  });
  await sink.start();
  sink.write([span]);
  await sink.stop();
  await receiver.close();
  const [theirs, ours] = receiver.requests.map((request) => byResource([request]));
  expect(ours).toEqual(theirs);
});
