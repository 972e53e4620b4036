// hop_sdk.mjs PORT NEXT OTLP: as hop.mjs, with the SDK of OpenTelemetry inside, which exports to the receiver on port OTLP.
import { Agent, createServer, get } from 'node:http';
import { defaultTextMapGetter, defaultTextMapSetter, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

const [port, next, otlp] = process.argv.slice(2).map(Number);
const exporter = new OTLPTraceExporter({ url: `http://127.0.0.1:${otlp}/v1/traces` });
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'sdk' }),
  spanProcessors: [new BatchSpanProcessor(exporter, { scheduledDelayMillis: 100, maxQueueSize: 10_000 })],
});
const tracer = provider.getTracer('hop');
const propagator = new W3CTraceContextPropagator();
const agent = new Agent({ keepAlive: true });

createServer((request, response) => {
  const caller = propagator.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter);
  const served = tracer.startSpan(request.url, { kind: SpanKind.SERVER }, caller);
  const call = tracer.startSpan(request.url, { kind: SpanKind.CLIENT }, trace.setSpan(caller, served));
  const headers = {};
  propagator.inject(trace.setSpan(caller, call), headers, defaultTextMapSetter);
  get({ host: '127.0.0.1', port: next, path: request.url, agent, headers }, (answer) => {
    answer.resume().on('end', () => {
      call.end();
      response.end();
      served.end();
    });
  });
}).listen(port, '127.0.0.1', 128);
