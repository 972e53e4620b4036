import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { plain, type ReceivedRequest } from '../support/otlp-receiver.ts';
import { PrivateNetwork } from '../support/private-network.ts';
import type { Child } from '../support/processes.ts';
import { root, sampleServer } from '../support/programs.ts';
import { parseSamples, samplesOf, sumOf } from '../support/prometheus-text.ts';
import { until } from '../support/until.ts';

/**
 * The documents of every vintage, done as they say: their files, their commands, their ports, with the sample server as
 * the service. All of it happens in a network of its own, where these ports are free; other processes of the machine that
 * have one of them are seen nevertheless, so that what is asked here is about this service alone.
 */
const commands = mkdtempSync(join(tmpdir(), 'beyla-commands-'));
let network: PrivateNetwork;
let receiver: Child;
const running: Child[] = [];

beforeAll(async () => {
  for (const name of ['beyla', 'otelauto']) symlinkSync(join(root, 'bin/beyla'), join(commands, name));
  network = await PrivateNetwork.open();
  const script = join(root, 'test/support/otlp-receiver-main.ts');
  receiver = network.run(process.execPath, [script, '4318'], { name: 'the OTLP receiver' });
  await receiver.line(/^listening/);
});

afterEach(async () => {
  for (const child of running.splice(0).reverse()) await child.stop();
});

afterAll(async () => {
  await receiver?.stop();
  await network?.close();
  rmSync(commands, { recursive: true });
});

/** The service of the documents, on the port that they name. */
async function startService(port: number): Promise<Child> {
  const service = network.run(sampleServer(), ['-port', String(port)], { name: 'the service' });
  running.push(service);
  await network.listening(service, port);
  return service;
}

/** Types a command line as the document shows it, in the folder of the vintage, and waits until the service is watched. */
async function type(line: string, vintage: string, service: Child): Promise<Child> {
  const agent = network.run('sh', ['-c', `exec env ${line}`], {
    name: line,
    cwd: join(root, 'test/fixtures/seeds', vintage),
    env: { PATH: `${commands}:${process.env['PATH']}` },
  });
  running.push(agent);
  await agent.line(new RegExp(`instrumenting process.* pid=${service.pid} `));
  await agent.line(/msg=ready/);
  return agent;
}

/** What the receiver got from a run: what was told on the way, and what the end of the agent hands over. */
async function delivered(agent: Child, before: number): Promise<readonly ReceivedRequest[]> {
  expect(await agent.stop()).toBe(0);
  return receiver.lines.slice(before).map((line) => JSON.parse(line) as ReceivedRequest);
}

/** Waits until the page of the documents' port shows that many requests, and returns it. */
async function counted(name: string, labels: Readonly<Record<string, string>>, wanted: number): Promise<string> {
  let last = '';
  return until(
    async () => {
      last = await network.curl('http://localhost:8999/metrics');
      return sumOf(parseSamples(last), name, labels) === wanted && last;
    },
    { what: () => `${name} of ${JSON.stringify(labels)} to be ${wanted}:\n${last}` },
  );
}

function expectBothSignals(requests: readonly ReceivedRequest[], path: string): void {
  const spans = requests
    .flatMap(({ resourceSpans }) => resourceSpans ?? [])
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
    .map(({ attributes }) => plain(attributes))
    .filter((attributes) => attributes['url.path'] === path);
  expect(spans).toMatchObject([{ 'http.request.method': 'GET', 'http.response.status_code': expect.anything() }]);
  const counts = requests
    .flatMap(({ resourceMetrics }) => resourceMetrics ?? [])
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
    .filter(({ name }) => name === 'http.server.request.duration')
    .flatMap(({ histogram }) => histogram?.dataPoints ?? [])
    .filter(({ attributes }) => plain(attributes)['http.route'] === path)
    .map(({ count }) => Number(count));
  expect(counts).toEqual([1]);
}

const documents = [
  { vintage: '2023', line: 'otelauto -config instrumenter-config.yml' },
  { vintage: '2023', line: 'beyla -config instrumenter-config.yml' },
  { vintage: '1.x', line: 'beyla -config instrument-config.yml' },
  { vintage: 'alloy', line: 'beyla -config instrument-config.yml' },
  { vintage: 'alloy', line: 'BEYLA_CONFIG_PATH=instrument-config.yml beyla' },
  { vintage: '3.x', line: 'beyla -config instrument-config.yml' },
  { vintage: '3.x', line: 'BEYLA_CONFIG_PATH=instrument-config.yml beyla' },
  { vintage: '3.x', line: 'beyla --config=instrument-config.yml' },
];

describe('a collector on port 4318 gets metrics and traces of the service on port 443', () => {
  test.each(documents)('$vintage: $line', async ({ vintage, line }) => {
    const service = await startService(443);
    const before = receiver.lines.length;
    const agent = await type(line, vintage, service);
    await network.curl('http://localhost:443/hello');
    expectBothSignals(await delivered(agent, before), '/hello');
  });
});

describe('direct mode', () => {
  test('sends both signals to the endpoint, with the headers', async () => {
    const service = await startService(443);
    const before = receiver.lines.length;
    const line =
      'OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318/otlp "OTEL_EXPORTER_OTLP_HEADERS=Authorization=Basic XYZ" BEYLA_OPEN_PORT=443 beyla';
    const agent = await type(line, '3.x', service);
    await network.curl('http://localhost:443/direct');
    const requests = await delivered(agent, before);
    expectBothSignals(requests, '/direct');
    expect(new Set(requests.map(({ path }) => path))).toEqual(new Set(['/otlp/v1/traces', '/otlp/v1/metrics']));
    expect(new Set(requests.map(({ headers }) => headers.authorization))).toEqual(new Set(['Basic XYZ']));
  });

  test('without an endpoint serves a page for Prometheus, and sends nothing', async () => {
    const service = await startService(8080);
    const before = receiver.lines.length;
    const agent = await type('BEYLA_PROMETHEUS_PORT=8999 BEYLA_OPEN_PORT=8080 beyla', '3.x', service);
    await network.curl('http://localhost:8080/pull');
    await counted('http_server_request_duration_seconds_count', { http_route: '/pull' }, 1);
    expect(await delivered(agent, before)).toEqual([]);
  });
});

describe('the article of September 2023', () => {
  const article = 'BEYLA_PROMETHEUS_PORT=8999 PRINT_TRACES=true OPEN_PORT=8080 beyla';

  test(`${article}: the lines and the page that it shows`, async () => {
    const service = await startService(8080);
    const agent = await type(article, '2023', service);
    await network.curl('http://localhost:8080/hello');
    await network.curl('http://localhost:8080/bye');
    await network.curl('-X', 'POST', '-d', 'abcdef', 'http://localhost:8080/post?delay=200ms');
    const start = String.raw`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(\S+\[\S+\]\)`;
    await agent.line(new RegExp(String.raw`${start} 200 GET /hello \[\S+\]->\[\S+:8080\] size:0B$`));
    await agent.line(new RegExp(`${start} 200 GET /bye `));
    await agent.line(new RegExp(`${start} 200 POST /post .* size:6B$`));
    const page = await counted('http_server_duration_seconds_count', { service_name: 'testserver' }, 3);
    expect(page).toContain(
      '# HELP http_server_duration_seconds duration of HTTP service calls from the server side, in milliseconds\n# TYPE http_server_duration_seconds histogram\n',
    );
    const buckets = samplesOf(parseSamples(page), 'http_server_duration_seconds_bucket', {
      http_method: 'GET',
      service_name: 'testserver',
    });
    expect(buckets[0]?.labels).toEqual({
      http_method: 'GET',
      http_status_code: '200',
      service_name: 'testserver',
      le: '0.005',
    });
    expect(agent.lines.join('\n')).toContain('BEYLA_NAMES_VINTAGE=current');
  });

  test.each([
    'BEYLA_PROMETHEUS_PORT=8999 PRINT_TRACES=true EXECUTABLE_NAME=testserver beyla',
    'BEYLA_PROMETHEUS_PORT=8999 BEYLA_TRACE_PRINTER=text BEYLA_OPEN_PORT=8080 beyla',
  ])('%s: the same with the names of today', async (line) => {
    const service = await startService(8080);
    const agent = await type(line, '2023', service);
    await network.curl('http://localhost:8080/today');
    await agent.line(/ 200 GET \/today\(\/today\) /);
    await counted('http_server_request_duration_seconds_count', { http_route: '/today' }, 1);
  });
});
