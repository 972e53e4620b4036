import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Agent, type AgentOptions } from '../support/agent.ts';
import { freePorts } from '../support/free-ports.ts';
import { load } from '../support/load.ts';
import { otlpReceiver, plain } from '../support/otlp-receiver.ts';
import { Child } from '../support/processes.ts';
import { pythonProgram, serverScript } from '../support/programs.ts';
import { samplesOf, sumOf } from '../support/prometheus-text.ts';
import { listening, startSampleServer } from '../support/sample-server.ts';
import { until } from '../support/until.ts';

const duration = 'http_server_request_duration_seconds_count';
let started: { stop(): Promise<unknown> }[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'services-'));
});

afterEach(async () => {
  for (const one of started.reverse()) await one.stop();
  started = [];
  rmSync(folder, { recursive: true });
});

async function startAgent(options: AgentOptions): Promise<Agent> {
  const agent = await Agent.start(options);
  started.push(agent);
  return agent;
}

const ask = (port: number, path: string) => load({ port, requests: 1, connections: 1, path });

describe('a service that exports telemetry itself', () => {
  let receiver: Server;
  let port: number;
  let otherPort: number;

  beforeEach(async () => {
    receiver = createServer((request, response) => request.resume().on('end', () => response.end()));
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    started.push({ stop: async () => receiver.close() });
    [port = 0, otherPort = 0] = await freePorts(2);
    const to = `${(receiver.address() as AddressInfo).port}`;
    const service = new Child(pythonProgram(), [serverScript('reporting.py'), `${port}`, to]);
    started.push(service);
    await listening(service, port);
    started.push(await startSampleServer(otherPort));
  });

  /** The request of another service, whose telemetry comes after all that came before. */
  async function countedAfter(agent: Agent, path: string): Promise<number> {
    await ask(otherPort, path);
    await agent.spansWhere((span) => span.path === path, 1);
    return sumOf(await agent.metrics(), duration, { server_port: `${port}` });
  }

  test('is left the signal that it was seen exporting', async () => {
    const agent = await startAgent({ ports: [port, otherPort] });
    await ask(port, '/before');
    expect(await countedAfter(agent, '/fence/1')).toBe(1);
    await ask(port, '/v1/traces');
    await until(async () => samplesOf(await agent.internalMetrics(), 'beyla_avoided_services').length === 1);
    const spans = agent.spans.length;
    await ask(port, '/without-traces');
    expect(await countedAfter(agent, '/fence/2')).toBe(3);
    expect(agent.spans.slice(spans).map(({ path }) => path)).toEqual(['/fence/2']);
    await ask(port, '/v1/metrics');
    await until(async () => samplesOf(await agent.internalMetrics(), 'beyla_avoided_services').length === 2);
    const counted = await countedAfter(agent, '/fence/3');
    await ask(port, '/without-anything');
    expect(await countedAfter(agent, '/fence/4')).toBe(counted);
    expect(agent.log.filter((line) => line.includes('exports its own telemetry'))).toHaveLength(2);
  });

  test('is reported all the same when the configuration says so', async () => {
    const env = { BEYLA_EXCLUDE_OTEL_INSTRUMENTED_SERVICES: 'false' };
    const agent = await startAgent({ ports: [port, otherPort], env });
    for (const path of ['/v1/traces', '/v1/metrics', '/after']) await ask(port, path);
    expect(await countedAfter(agent, '/fence')).toBe(3);
    expect(agent.spans.map(({ side, path }) => `${side} ${path}`)).toContain('server /after');
    expect(samplesOf(await agent.internalMetrics(), 'beyla_avoided_services')).toEqual([]);
  });
});

test('entries decide which traces are kept, and name the routes of their service', async () => {
  const [all = 0, none = 0, half = 0] = await freePorts(3);
  const ports = [all, none, half];
  for (const port of ports) started.push(await startSampleServer(port));
  const receiver = await otlpReceiver();
  started.push({ stop: () => receiver.close() });
  const path = join(folder, 'beyla.yml');
  const routes = { incoming: ['/users/{id}'], outgoing: ['/other/{id}'] };
  const entries = [
    { open_ports: all, routes },
    { open_ports: none, sampler: { name: 'always_off' } },
    { open_ports: half, sampler: { name: 'parentbased_traceidratio', arg: '0.5' } },
  ];
  const settings = { routes: { unmatched: 'path' }, otel_traces_export: { sampler: { name: 'always_on' } } };
  writeFileSync(path, JSON.stringify({ ...settings, discovery: { instrument: entries } }));
  const env = {
    BEYLA_OPEN_PORT: '',
    BEYLA_CONFIG_PATH: path,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: receiver.url,
    OTEL_TRACES_SAMPLER: 'always_on',
  };
  const agent = await startAgent({ ports: [], env });
  for (const port of ports) await load({ port, requests: 200, connections: 1, path: '/users/7' });
  await agent.spansWhere(() => true, 600);
  await agent.stop();
  const roots = receiver.spans().filter(({ kind }) => kind === 2);
  const routesOf = (port: number) =>
    roots.map(({ attributes }) => plain(attributes)).filter((one) => one['server.port'] === port);
  expect(routesOf(all).map((one) => one['http.route'])).toEqual(Array(200).fill('/users/{id}'));
  expect(routesOf(none)).toEqual([]);
  expect(routesOf(half).length).toBeGreaterThan(60);
  expect(routesOf(half).length).toBeLessThan(140);
  expect(routesOf(half)[0]?.['http.route']).toBe('/users/7');
});

test('entries decide which signals leave, and which metrics', async () => {
  const [traces = 0, metrics = 0, neither = 0, spanMetrics = 0, all = 0] = await freePorts(5);
  const ports = [traces, metrics, neither, spanMetrics, all];
  for (const port of ports) started.push(await startSampleServer(port));
  const path = join(folder, 'beyla.yml');
  const entries = [
    { open_ports: traces, exports: ['traces'] },
    { open_ports: metrics, exports: ['metrics'] },
    { open_ports: neither, exports: [] },
    { open_ports: spanMetrics, metrics: { features: ['application_span'] } },
    { open_ports: all },
  ];
  writeFileSync(path, JSON.stringify({ discovery: { instrument: entries } }));
  const agent = await startAgent({ ports: [], env: { BEYLA_OPEN_PORT: '', BEYLA_CONFIG_PATH: path } });
  for (const port of ports) await ask(port, `/to/${port}`);
  await agent.spansWhere((span) => span.path === `/to/${all}`, 1);
  expect(agent.spans.map((span) => span.path)).toEqual([traces, spanMetrics, all].map((port) => `/to/${port}`));
  const samples = await agent.metrics();
  const counted = ports.filter((port) => sumOf(samples, duration, { server_port: `${port}` }) > 0);
  expect(counted).toEqual([metrics, all]);
  expect(sumOf(samples, 'traces_spanmetrics_calls_total')).toBe(1);
});
