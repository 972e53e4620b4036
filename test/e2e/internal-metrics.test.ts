import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { buildCollector, startCollector } from '../support/collector.ts';
import { freePorts } from '../support/free-ports.ts';
import { type InternalRow, internalRows, type OtlpRow } from '../support/internal-table.ts';
import { load } from '../support/load.ts';
import { type OtlpReceiver, otlpReceiver, plain, type ReceivedMetric } from '../support/otlp-receiver.ts';
import { Child } from '../support/processes.ts';
import { pythonProgram, serverScript } from '../support/programs.ts';
import { type Sample, scrape } from '../support/prometheus-text.ts';
import { listening, startSampleServer } from '../support/sample-server.ts';
import { until } from '../support/until.ts';

let started: { stop(): Promise<unknown> }[] = [];
/** Of a service that exports telemetry itself, and of one that does not. */
let port: number;
let plainPort: number;
/** Refuses some of what it is sent, so that there are errors to tell of. */
let receiver: OtlpReceiver;

beforeAll(buildCollector, 600_000);

beforeEach(async () => {
  receiver = await otlpReceiver();
  started.push({ stop: () => receiver.close() });
  const own: Server = createServer((request, response) => request.resume().on('end', () => response.end()));
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  started.push({ stop: async () => own.close() });
  [port = 0, plainPort = 0] = await freePorts(2);
  const { port: to } = own.address() as AddressInfo;
  const service = new Child(pythonProgram(), [serverScript('reporting.py'), `${port}`, `${to}`]);
  started.push(service, await startSampleServer(plainPort));
  await listening(service, port);
});

afterEach(async () => {
  for (const one of started.reverse()) await one.stop();
  started = [];
});

/** Where nothing went wrong, there is nothing that such a metric could show. */
const needsHarm = new Set(['beyla_instrumentation_errors_total']);

const env = {
  BEYLA_METRICS_FEATURES: 'application,ebpf',
  BEYLA_OTEL_METRICS_INTERVAL: '200ms',
  OTEL_EBPF_OTLP_TRACES_BATCH_TIMEOUT: '50ms',
  OTEL_EBPF_BPF_METRIC_SCRAPE_INTERVAL: '100ms',
};

async function startAgent(more: Readonly<Record<string, string>>): Promise<Agent> {
  const agent = await Agent.start({ ports: [port, plainPort], env: { ...env, ...more } });
  started.push(agent);
  await load({ port, requests: 1, connections: 1, path: '/v1/traces' });
  return agent;
}

/** So many that spans are among what is refused, which is sent more often than metrics. */
const refusals = Array.from({ length: 10 }, () => ({ status: 400 }));
const ask = () => load({ port: plainPort, requests: 1, connections: 1, path: '/again' });

describe('on the internal page', () => {
  const rows = internalRows.filter(({ name, absent, page }) => !absent && !page && !needsHarm.has(name));

  test('every metric of the reference has its type and its labels', async () => {
    const agent = await startAgent({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
    receiver.answers.push(...refusals);
    let lacking = '';
    const isWhole = async () => {
      await ask();
      const samples = await agent.internalMetrics();
      const missing = rows.filter(({ name }) => sampleOf(samples, name) === undefined);
      lacking = missing.map(({ name }) => name).join(', ');
      return missing.length === 0;
    };
    await until(isWhole, { what: () => lacking });
    const text = await (await fetch(agent.internalUrl)).text();
    const samples = await agent.internalMetrics();
    expect(rows.map(({ name }) => [name, typeIn(text, name), labelsIn(samples, name)])).toEqual(
      rows.map(({ name, type, labels, more = [] }) => [name, type, [...labels, ...more].toSorted()]),
    );
  });

  test('the feature ebpf puts the programs and maps of the kernel on the page of the application', async () => {
    const agent = await startAgent({});
    await ask();
    const samples = await until(async () => {
      const page = await scrape(agent.metricsUrl);
      return page.some(({ name }) => name === 'bpf_probe_latency_seconds_bucket') ? page : undefined;
    });
    expect(labelsIn(samples, 'bpf_probe_latency_seconds_bucket')).toEqual(
      ['le', 'probe_id', 'probe_name', 'probe_type'].toSorted(),
    );
    expect(labelsIn(samples, 'bpf_map_entries_total')).toEqual(['map_id', 'map_name', 'map_type', 'max_entries']);
    const runs = samples.filter(({ name }) => name === 'bpf_probe_latency_seconds_count');
    const sums = samples.filter(({ name }) => name === 'bpf_probe_latency_seconds_sum');
    const mean = sums.reduce((sum, { value }) => sum + value, 0) / runs.reduce((sum, { value }) => sum + value, 0);
    expect(mean).toBeGreaterThan(1e-7);
    expect(mean).toBeLessThan(1e-3);
  });
});

describe('over OTLP, through a real Collector', () => {
  const rows = internalRows.filter(({ name, otlp }) => otlp !== undefined && !needsHarm.has(name));

  test.each(['cumulative', 'delta'])('every metric of the reference has its type and its labels, %s', async (kind) => {
    const collector = await startCollector({ otlpUrl: receiver.url });
    started.push({ stop: () => collector.remove() });
    const agent = await startAgent({
      BEYLA_INTERNAL_METRICS_PROMETHEUS_PORT: '0',
      OTEL_EBPF_INTERNAL_METRICS_EXPORTER: 'otel',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.httpUrl,
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: kind,
    });
    // What its receiver refuses, the Collector refuses.
    receiver.answers.push(...refusals);
    await (await fetch(agent.metricsUrl)).text();
    const lacking = () => rows.filter((row) => received(row).length === 0).map(({ name }) => name);
    let asked = 0;
    const isWhole = async () => {
      await ask();
      asked++;
      return lacking().length === 0;
    };
    await until(isWhole, { what: () => lacking().join(', ') });
    const isDelta = kind === 'delta';
    expect(rows.map((row) => [row.otlp?.name, shapeOf(received(row), isDelta)])).toEqual(
      rows.map(({ otlp, more = [] }) => [otlp?.name, otlp && wantedShape(otlp, more)]),
    );
    // Each record of the kernel is a span here: two of the service that reports itself, and those that were asked for.
    const counted = () => {
      const flushes = received(rowOf('beyla_ebpf_tracer_flushes')).flatMap((one) => one.histogram?.dataPoints ?? []);
      const records = flushes.map(({ sum = 0 }) => sum);
      // In deltas they add up; of sums the last is all.
      return isDelta ? records.reduce((all, one) => all + one, 0) : Math.max(...records);
    };
    const wanted = 2 + asked;
    await until(() => counted() >= wanted, { what: () => `${wanted} records, not ${counted()}` });
    await agent.stop();
    expect(counted()).toBe(wanted);
  });

  /** The agent is a resource of its own, and its metrics have a scope of their own. */
  function received({ otlp }: InternalRow): readonly ReceivedMetric[] {
    return receiver.requests
      .flatMap(({ resourceMetrics = [] }) => resourceMetrics)
      .filter(({ resource }) => plain(resource.attributes)['service.name'] === 'beyla')
      .flatMap(({ scopeMetrics }) => scopeMetrics.filter(({ scope }) => scope.name === 'obi_internal'))
      .flatMap(({ metrics }) => metrics.filter(({ name }) => name === otlp?.name));
  }
});

function rowOf(name: string): InternalRow {
  const row = internalRows.find((one) => one.name === name);
  if (row === undefined) throw new Error(`no row ${name}`);
  return row;
}

interface Shape {
  readonly type: OtlpRow['type'];
  readonly labels: readonly string[];
  readonly bounds: readonly number[];
}

function wantedShape({ type, labels, bounds = [] }: OtlpRow, more: readonly string[]): Shape {
  return { type, labels: [...labels, ...more].toSorted(), bounds };
}

/** Of what does not add up, delta means nothing. */
function shapeOf(metrics: readonly ReceivedMetric[], isDelta: boolean): Shape | undefined {
  const [metric] = metrics;
  if (metric === undefined) return undefined;
  const { sum, gauge, histogram } = metric;
  const [point] = (sum ?? gauge ?? histogram)?.dataPoints ?? [];
  const type = sum?.isMonotonic ? 'sum' : sum ? 'level' : gauge ? 'gauge' : 'histogram';
  if (type === 'sum' || type === 'histogram') {
    expect([metric.name, (sum ?? histogram)?.aggregationTemporality]).toEqual([metric.name, isDelta ? 1 : 2]);
  }
  const labels = Object.keys(plain(point?.attributes ?? [])).toSorted();
  return { type, labels, bounds: point?.explicitBounds ?? [] };
}

function sampleOf(samples: readonly Sample[], name: string): Sample | undefined {
  return samples.find((sample) => sample.name === name || sample.name === `${name}_count`);
}

function labelsIn(samples: readonly Sample[], name: string): readonly string[] {
  return Object.keys(sampleOf(samples, name)?.labels ?? {}).toSorted();
}

function typeIn(text: string, name: string): string | undefined {
  return new RegExp(`^# TYPE ${name} (\\S+)$`, 'm').exec(text)?.[1];
}
