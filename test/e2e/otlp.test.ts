import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { buildCollector, type Collector, startCollector } from '../support/collector.ts';
import { freePorts } from '../support/free-ports.ts';
import { type OtlpReceiver, otlpReceiver, plain } from '../support/otlp-receiver.ts';
import type { Child } from '../support/processes.ts';
import { startSampleServer } from '../support/sample-server.ts';
import { until } from '../support/until.ts';

/** The agent as it is shipped, with a Collector that it reaches over gRPC, and a reader of its page. */
const requests = 50;
let port = 0;
let server: Child;
let agent: Agent;
let collector: Collector;
let behind: OtlpReceiver;

beforeAll(async () => {
  await buildCollector();
  behind = await otlpReceiver();
  collector = await startCollector({ otlpUrl: behind.url });
  [port = 0] = await freePorts(1);
  server = await startSampleServer(port);
  agent = await Agent.start({
    ports: [port],
    printer: 'disabled',
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.grpcUrl,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.5',
      BEYLA_METRICS_INTERVAL: '500ms',
      BEYLA_OTLP_TRACES_BATCH_TIMEOUT: '100ms',
      BEYLA_PROMETHEUS_EXEMPLAR_FILTER: 'trace_based',
    },
  });
  await agent.instruments(server.pid);
  for (let i = 0; i < requests; i++) await (await fetch(`http://127.0.0.1:${port}/hello?delay=${i % 20}ms`)).text();
}, 600_000);

afterAll(async () => {
  await agent?.stop();
  await server?.stop();
  await collector.remove();
  await behind.close();
});

function counted(): number {
  const points = behind
    .metrics()
    .filter(({ name }) => name === 'http.server.request.duration')
    .flatMap(({ histogram }) => histogram?.dataPoints ?? []);
  return Math.max(0, ...points.map(({ count }) => Number(count)));
}

/** Over OTLP they are there without being asked for, as the SDKs have them. */
function pushedExemplars(): string[] {
  return behind
    .metrics()
    .flatMap(({ histogram }) => histogram?.dataPoints ?? [])
    .flatMap(({ exemplars = [] }) => exemplars)
    .map(({ traceId, spanId }) => `${traceId} ${spanId}`);
}

test('each request is counted, and the sampled ones are spans', async () => {
  expect(await until(() => counted() === requests, { what: () => `${requests} requests, not ${counted()}` })).toBe(
    true,
  );
  const servers = await until(() => {
    const spans = behind.spans().filter(({ kind }) => kind === 2);
    return spans.length > 0 && spans;
  });
  expect(servers.length).toBeLessThan(requests);
  expect(plain(servers[0]?.attributes ?? [])).toMatchObject({ 'url.path': '/hello', 'http.request.method': 'GET' });
});

test('exemplars point at spans that were exported, and at no other', async () => {
  const page = await fetch(agent.metricsUrl, { headers: { accept: 'application/openmetrics-text' } });
  const ids = [...(await page.text()).matchAll(/traceID="([0-9a-f]{32})",spanID="([0-9a-f]{16})"/g)].map(
    ([, traceId, spanId]) => `${traceId} ${spanId}`,
  );
  expect(ids.length).toBeGreaterThan(0);
  const pushed = await until(() => pushedExemplars().length > 0 && pushedExemplars());
  ids.push(...pushed);
  const all = () => new Set(behind.spans().map(({ traceId, spanId }) => `${traceId} ${spanId}`));
  expect(await until(() => ids.every((id) => all().has(id)))).toBe(true);
});

test('the agent is as small as it promises, at the latest once it has settled', async () => {
  const rssMb = () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${agent.pid}/status`, 'utf8'))?.[1]) / 1024;
  console.log(JSON.stringify({ readyMs: Math.round(agent.readyMs), rssMb: Math.round(rssMb()) }));
  // Of its files it lets go of what only the start needed, some seconds later.
  await until(() => rssMb() < 90, { what: () => `${rssMb()} MiB to be fewer than 90` });
});
