import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { expect, test } from 'vitest';
import { TRACES } from '../../../src/export/otlp-fields.ts';
import { messageWriter, OtlpRequest } from '../../../src/export/otlp-request.ts';
import { OtlpResources } from '../../../src/export/otlp-resource.ts';
import { writeSpans } from '../../../src/export/otlp-span.ts';
import { otlpTracesSink } from '../../../src/export/otlp-traces.ts';
import type { Span } from '../../../src/span/span.ts';
import { byResource } from '../../support/otlp-normal.ts';
import { deliveryOptions } from '../../support/otlp-options.ts';
import { readProtobuf, tracesRequest } from '../../support/otlp-protobuf.ts';
import { otlpReceiver } from '../../support/otlp-receiver.ts';
import { sdkSpan } from '../../support/sdk-span.ts';
import { testService, testSpan } from '../../support/spans.ts';
import { until } from '../../support/until.ts';

/** What an exporter of the SDK writes is what we write. */
function spanLike(change: Partial<Span> = {}, attributes: Record<string, unknown> = {}): Span {
  const ids = { traceId: `0123456789abcdef${'a'.repeat(16)}`, spanId: 'fedcba9876543210', traceFlags: 1 };
  const span = testSpan({ requestStartNs: 2_000_000, startNs: 2_000_000 }, { ...ids, ...change });
  Object.assign(span.attributes, attributes);
  return span;
}

test("the sink posts what the SDK's own exporter posts", async () => {
  const receiver = await otlpReceiver();
  const span = spanLike({ parentSpanId: 'c'.repeat(16) });
  const sdk = new JsonExporter({ url: `${receiver.url}/v1/traces` });
  const code = await new Promise<ExportResultCode>((resolve) =>
    sdk.export([sdkSpan(span)], (result) => resolve(result.code)),
  );
  expect(code).toBe(ExportResultCode.SUCCESS);
  await sdk.shutdown();
  const sink = otlpTracesSink({
    ...deliveryOptions(`${receiver.url}/v1/traces`, { protocol: 'http/json' }),
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
  await until(() => receiver.requests.length === 2, { withinMs: 5_000 });
  await sink.stop();
  await receiver.close();
  const [theirs, ours] = receiver.requests.map((request) => byResource([request]));
  expect(ours).toEqual(theirs);
});

test.each<[string, Span]>([
  ['a root', spanLike()],
  ['a remote parent', spanLike({ parentSpanId: 'c'.repeat(16), traceFlags: 0 })],
  ['an error with words', spanLike({ status: 'error', statusMessage: 'deadline exceeded: ü' })],
  ['a long name beyond ASCII', spanLike({ name: `GET /${'ä'.repeat(300)}` })],
  ['numbers of any sign and size', spanLike({}, { a: -1, b: 2 ** 40, c: -(2 ** 40), d: 0.25, e: 127, f: 128 })],
  ['truths and lists', spanLike({}, { yes: true, no: false, many: ['a', 'ß', 'c'.repeat(200)] })],
  ['a resource of its own', spanLike({ service: testService({ namespace: 'shop', resource: { 'host.name': 'ñ' } }) })],
])('in protobuf, %s is written as by the SDK', (_, span) => {
  const request = new OtlpRequest(
    messageWriter('http/protobuf'),
    TRACES,
    new OtlpResources({}, () => false).of(span.service),
  );
  writeSpans(request, span, { hides: () => false, hasSpanMetrics: false });
  const theirs = ProtobufTraceSerializer.serializeRequest([sdkSpan(span)]) ?? new Uint8Array();
  const [ours, expected] = [request.close(), Buffer.from(theirs)].map((bytes) =>
    byResource([{ path: '', headers: {}, ...readProtobuf(bytes, tracesRequest) }]),
  );
  expect(ours).toEqual(expected);
});
