import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { otlpMetricsSink } from '../../src/export/otlp-metrics.ts';
import { otlpTracesSink } from '../../src/export/otlp-traces.ts';
import { counters } from '../../src/telemetry/counters.ts';
import { aggregate } from '../support/aggregate.ts';
import { freePorts } from '../support/free-ports.ts';
import { deliveryOptions } from '../support/otlp-options.ts';
import { Child } from '../support/processes.ts';
import { testService, testSpan } from '../support/spans.ts';
import { until } from '../support/until.ts';

/** A real OpenTelemetry Collector, which prints what it understood of our requests. */
const root = new URL('../..', import.meta.url).pathname;
const binary = join(root, 'build/test/collector');
const folder = mkdtempSync(join(tmpdir(), 'beyla-collector-'));
let collector: Child;
let url = '';

beforeAll(async () => {
  await promisify(execFile)('go', ['build', '-trimpath', '-o', binary, '.'], {
    cwd: join(root, 'test/collector'),
    env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false' },
  });
  const [port] = await freePorts(1);
  url = `http://127.0.0.1:${port}`;
  const pipeline = { receivers: ['otlp'], exporters: ['debug'] };
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    exporters: { debug: { verbosity: 'detailed' } },
    service: { telemetry: { metrics: { level: 'none' } }, pipelines: { traces: pipeline, metrics: pipeline } },
  };
  const file = join(folder, 'collector.yaml');
  // JSON is YAML
  writeFileSync(file, JSON.stringify(config));
  collector = new Child(binary, [`--config=file:${file}`], { name: 'collector' });
  await printed('Everything is ready');
}, 600_000);

afterAll(async () => {
  await collector.stop();
  rmSync(folder, { recursive: true });
});

/** Waits until the Collector has printed the text, and returns all that it printed. */
function printed(text: string | RegExp): Promise<string> {
  const all = () => [...collector.lines, ...collector.errors].join('\n');
  return until(() => (typeof text === 'string' ? all().includes(text) : text.test(all())) && all(), {
    withinMs: 30_000,
    what: () => `the Collector to print ${text}\n${collector.tail()}`,
  });
}

describe.each(['http/protobuf', 'http/json'] as const)('over %s the Collector understands', (protocol) => {
  const service = testService({
    name: `server-${protocol.slice(5)}`,
    namespace: 'shop',
    resource: { 'host.name': 'node1' },
  });

  test('our spans', async () => {
    const before = counters.get('spans_exported', 'otlp');
    const sink = otlpTracesSink({
      ...deliveryOptions(`${url}/v1/traces`, { protocol }),
      instrumentations: ['*'],
      sampler: { name: 'always_on', ratio: 1 },
      batchMaxSize: 4096,
      batchTimeoutMs: 10,
      queueSize: 16_384,
      select: {},
      hasSpanMetrics: false,
      closeMs: 5_000,
    });
    const traceId = (protocol === 'http/json' ? 'a' : 'b').repeat(32);
    const ids = { traceId, spanId: 'c'.repeat(16), parentSpanId: 'd'.repeat(16) };
    sink.write([testSpan({ service, status: 500 }, { ...ids, name: 'GET /hello' })]);
    await sink.stop();
    expect(counters.get('spans_exported', 'otlp') - before).toBe(1);
    const text = await printed(new RegExp(`Trace ID +: ${traceId}[\\s\\S]*processing`));
    const own = text.slice(text.lastIndexOf('ResourceSpans #0', text.indexOf(traceId)));
    for (const part of [
      `-> service.name: Str(${service.name})`,
      '-> service.namespace: Str(shop)',
      '-> host.name: Str(node1)',
      'InstrumentationScope github.com/grafana/beyla',
      'Parent ID      : dddddddddddddddd',
      'Name           : GET /hello',
      'Kind           : Server',
      'Status code    : Error',
      '-> http.response.status_code: Int(500)',
      '-> url.path: Str(/hello)',
      'Name           : in queue',
      'Name           : processing',
    ]) {
      expect(own).toContain(part);
    }
  });

  test('our metrics', async () => {
    const { metrics, write } = aggregate({ features: ['application', 'application_span'] });
    const sink = otlpMetricsSink({
      ...deliveryOptions(`${url}/v1/metrics`, { protocol, gzip: true }),
      metrics,
      intervalMs: 60_000,
      ttlMs: 0,
      temporality: 'cumulative',
      select: {},
      hasSpanMetrics: true,
      closeMs: 5_000,
    });
    write([testSpan({ service }, { route: '/hello' }), testSpan({ service }, { route: '/hello' })]);
    await sink.stop();
    const text = await printed(
      new RegExp(`service.name: Str\\(${service.name}\\)[\\s\\S]*traces_spanmetrics_calls_total[\\s\\S]*Value: 2`),
    );
    const own = text.slice(text.lastIndexOf('ResourceMetrics #0'));
    for (const part of [
      '-> Name: http.server.request.duration',
      '-> Unit: s',
      '-> DataType: Histogram',
      '-> AggregationTemporality: Cumulative',
      'Count: 2',
      'Sum: 0.030440',
      'ExplicitBounds #1: 0.005000',
      'Buckets #3, Count: 2',
      '-> http.response.status_code: Int(200)',
      '-> IsMonotonic: true',
    ]) {
      expect(own).toContain(part);
    }
  });
});
