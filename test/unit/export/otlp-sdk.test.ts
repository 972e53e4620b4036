import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { expect, test } from 'vitest';
import type { OtlpEndpoint } from '../../../src/export/otlp-endpoint.ts';
import { otlpTracesSink } from '../../../src/export/otlp-traces.ts';
import { HTTP_STATUS } from '../../../src/span/attributes.ts';
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

/** What a receiver reads of spans that the SDK's exporter sends, and of the same that we send, in batches of so many. */
async function bothReadings(sent: readonly Span[], protocol: OtlpEndpoint['protocol'], batchMaxSize: number) {
  const receiver = await otlpReceiver();
  const sdk = new OTLPTraceExporter({ url: `${receiver.url}/v1/traces` });
  const code = await new Promise<ExportResultCode>((resolve) =>
    sdk.export(sent.map(sdkSpan), (result) => resolve(result.code)),
  );
  expect(code).toBe(ExportResultCode.SUCCESS);
  await sdk.shutdown();
  const theirs = receiver.requests.length;
  const sink = otlpTracesSink({
    ...deliveryOptions(`${receiver.url}/v1/traces`, { protocol }),
    instrumentations: ['http'],
    sampler: { name: 'always_on', ratio: 1 },
    batchMaxSize,
    batchTimeoutMs: 10,
    queueSize: 1000,
    select: {},
    hasSpanMetrics: false,
    closeMs: 3000,
  });
  await sink.start();
  for (const span of sent) sink.write([span]);
  await sink.stop();
  await receiver.close();
  const { requests } = receiver;
  return { theirs: byResource(requests.slice(0, theirs)), ours: byResource(requests.slice(theirs)) };
}

const protocols = ['http/json', 'http/protobuf'] as const;

test.each(protocols.flatMap((protocol) => spans.map(([of, span]) => ({ protocol, of, span }))))(
  "over $protocol, a receiver reads of $of what the SDK's exporter tells it",
  async ({ protocol, span }) => {
    const { ours, theirs } = await bothReadings([span], protocol, 1);
    expect(ours).toEqual(theirs);
  },
);

test.each(protocols)('over %s, also of spans that differ from others in little', async (protocol) => {
  const sent = Array.from({ length: 120 }, (_, i): Span => {
    const [, like] = spans[i % spans.length] as (typeof spans)[number];
    const ids = { traceId: i.toString(16).padStart(32, 'e'), spanId: i.toString(16).padStart(16, 'd') };
    const times = { requestStartNs: 2_000_000 + i, startNs: 2_000_000 + i, endNs: 5_000_000_000_000_000 + 3 * i };
    const parent = i % 3 === 0 ? i.toString(16).padStart(16, 'c') : '';
    const span = { ...like, ...ids, ...times, parentSpanId: parent, traceFlags: i % 5 === 0 ? 0 : 1 };
    const attributes = { ...like.attributes, ...(i % 4 === 0 && { [HTTP_STATUS]: '200' }) };
    return { ...span, attributes };
  });
  const { ours, theirs } = await bothReadings(sent, protocol, 50);
  expect(ours).toEqual(theirs);
});
