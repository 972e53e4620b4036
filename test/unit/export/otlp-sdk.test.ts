import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { expect, test } from 'vitest';
import { OtlpResources } from '../../../src/export/otlp-resource.ts';
import { otlpSpans } from '../../../src/export/otlp-span.ts';
import { otlpTracesSink } from '../../../src/export/otlp-traces.ts';
import { identify } from '../../../src/transform/identify.ts';
import { deliveryOptions } from '../../support/otlp-options.ts';
import { otlpReceiver } from '../../support/otlp-receiver.ts';
import { testSpan } from '../../support/spans.ts';
import { until } from '../../support/until.ts';

test("the sink posts what the SDK's own exporter posts", async () => {
  const receiver = await otlpReceiver();
  const span = testSpan({ requestStartNs: 2_000_000, startNs: 2_000_000 });
  identify([span]);
  const readable: ReadableSpan[] = [];
  otlpSpans(span, new OtlpResources({}, () => false).of(span.service), () => false, readable);
  const sdk = new OTLPTraceExporter({ url: `${receiver.url}/v1/traces` });
  const code = await new Promise<ExportResultCode>((resolve) => sdk.export(readable, (result) => resolve(result.code)));
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
  const [theirs, ours] = receiver.requests;
  expect(ours?.resourceSpans).toEqual(theirs?.resourceSpans);
});
