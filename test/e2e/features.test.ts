import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { ConfigFile } from '../support/config-file.ts';
import { freePorts } from '../support/free-ports.ts';
import type { Child } from '../support/processes.ts';
import { type Sample, samplesOf, sumOf } from '../support/prometheus-text.ts';
import { startSampleServer } from '../support/sample-server.ts';
import { until } from '../support/until.ts';

/** Every feature that is not on by itself, of a real server under a known load. */
const requests = 30;
const failures = 10;
let server: Child;
/** It is only listed. */
let bystander: Child;
let config: ConfigFile;
let agent: Agent;
let page: readonly Sample[] = [];

beforeAll(async () => {
  const [port = 0, other = 0] = await freePorts(2);
  server = await startSampleServer(port);
  bystander = await startSampleServer(other);
  config = new ConfigFile({ discovery: { survey: [{ open_ports: `${port},${other}`, namespace: 'listed' }] } });
  agent = await Agent.start({
    ports: [port],
    env: {
      BEYLA_OTEL_METRICS_FEATURES:
        'application,application_span,application_span_sizes,application_service_graph,application_process,application_host',
      BEYLA_PROMETHEUS_ALLOW_SERVICE_GRAPH_SELF_REFERENCES: 'true',
      BEYLA_PROCESSES_INTERVAL: '200ms',
      BEYLA_NAME_RESOLVER_SOURCES: 'dns',
      BEYLA_CONFIG_PATH: config.path,
    },
  });
  await agent.instruments(server.pid);
  const counted = async (wanted: number): Promise<void> => {
    await until(async () => {
      page = await agent.metrics();
      const isMeasured = samplesOf(page, 'process_cpu_utilization_ratio').length > 0;
      return isMeasured && sumOf(page, 'http_server_request_duration_seconds_count') === wanted;
    });
  };
  for (let i = 0; i < requests; i++) {
    const status = i < failures ? 500 : 200;
    await (await fetch(`http://127.0.0.1:${port}/hello?status=${status}`)).text();
    // the first makes the name of its sender known
    if (i === 0) await counted(1);
  }
  await counted(requests);
});

afterAll(async () => {
  await agent.stop();
  await server.stop();
  await bystander.stop();
  config.remove();
});

/** What the service is called. */
function name(): string {
  return samplesOf(page, 'target_info')[0]?.labels['service_name'] ?? '';
}

test('span metrics count every call by its outcome', () => {
  const calls = 'traces_spanmetrics_calls_total';
  expect(sumOf(page, calls)).toBe(requests);
  expect(sumOf(page, calls, { status_code: 'STATUS_CODE_ERROR' })).toBe(failures);
  expect(sumOf(page, 'traces_spanmetrics_latency_count')).toBe(requests);
  expect(samplesOf(page, 'traces_spanmetrics_size_total')).not.toEqual([]);
  expect(samplesOf(page, 'traces_target_info')).toHaveLength(1);
});

test('the service graph has the edge from this machine, by the name in its hosts file', () => {
  const edge = { server: name(), source: 'beyla' };
  expect(sumOf(page, 'traces_service_graph_request_total', edge)).toBe(requests);
  expect(sumOf(page, 'traces_service_graph_request_failed_total', edge)).toBe(failures);
  expect(sumOf(page, 'traces_service_graph_request_server_seconds_count', edge)).toBe(requests);
  expect(sumOf(page, 'traces_service_graph_request_total', { client: 'localhost' })).toBe(requests - 1);
});

test('the process is measured as the kernel tells it', async () => {
  const of = { process_pid: String(server.pid) };
  const isAsTold = async () => {
    const [resident] = samplesOf(await agent.metrics(), 'process_memory_usage_bytes', of);
    const told = Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) * 1024;
    return Math.abs((resident?.value ?? 0) - told) / told < 0.1;
  };
  await until(isAsTold, { what: 'the resident memory of the process' });
  expect(sumOf(page, 'process_cpu_time_seconds_total', of)).toBeGreaterThanOrEqual(0);
  expect(samplesOf(page, 'process_cpu_time_seconds_total', of)).toHaveLength(3);
  expect(samplesOf(page, 'process_disk_io_bytes_total', of)).toHaveLength(2);
  expect(sumOf(page, 'process_network_io_bytes_total', { ...of, network_io_direction: 'receive' })).toBeGreaterThan(0);
});

test('the host is told once', () => {
  expect(samplesOf(page, 'traces_host_info')).toHaveLength(1);
});

test('what the cardinality budget is spent on is told', async () => {
  const internal = await agent.internalMetrics();
  expect(sumOf(internal, 'beyla_metric_series', { service_name: name() })).toBeGreaterThan(0);
  expect(sumOf(internal, 'beyla_metric_series_limit', { of: 'service' })).toBe(2_000);
});

test('the series of a process end with it', async () => {
  await server.stop();
  await until(async () => samplesOf(await agent.metrics(), 'process_memory_usage_bytes').length === 0);
});

test('a survey lists who is not instrumented, while it runs', async () => {
  const listed = async () => samplesOf(await agent.metrics(), 'survey_info').map(({ labels }) => labels);
  const [one, ...others] = await listed();
  expect(others).toEqual([]);
  expect(one).toMatchObject({ service_namespace: 'listed', telemetry_sdk_language: 'go', os_type: 'linux' });
  expect(one?.['instance']?.endsWith(`:${bystander.pid}`)).toBe(true);
  await bystander.stop();
  expect(await listed()).toEqual([]);
});
