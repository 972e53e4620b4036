import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { ConfigFile } from '../support/config-file.ts';
import { freePorts } from '../support/free-ports.ts';
import { load } from '../support/load.ts';
import { type OtlpReceiver, otlpReceiver, plain } from '../support/otlp-receiver.ts';
import type { Child } from '../support/processes.ts';
import { samplesOf, sumOf } from '../support/prometheus-text.ts';
import { startSampleServer } from '../support/sample-server.ts';
import { until } from '../support/until.ts';

/** Every setting that the documents call live, on one agent that is never started again. */
let port = 0;
let otherPort = 0;
let server: Child;
let other: Child;
let receiver: OtlpReceiver;
let file: ConfigFile;
let agent: Agent;
let base: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  [port = 0, otherPort = 0] = await freePorts(2);
  [server, other, receiver] = await Promise.all([
    startSampleServer(port),
    startSampleServer(otherPort),
    otlpReceiver(),
  ]);
  base = { open_port: String(port), otel_traces_export: { endpoint: receiver.url, batch_timeout: '20ms' } };
  file = new ConfigFile(base);
  agent = await Agent.start({ ports: [], env: { BEYLA_CONFIG_PATH: file.path } });
  await agent.instruments(server.pid);
});

afterEach(async () => {
  await file.reload(agent, base);
});

afterAll(async () => {
  await agent?.stop();
  await Promise.all([server?.stop(), other?.stop(), receiver?.close()]);
  file.remove();
});

function traces(change: object): object {
  return { otel_traces_export: { ...(base['otel_traces_export'] as object), ...change } };
}

async function ask(path: string, at = port): Promise<void> {
  await load({ port: at, requests: 1, connections: 1, path });
}

/** Asks, and waits until a series with these labels counts. */
async function counts(path: string, labels: Readonly<Record<string, string>>): Promise<void> {
  const count = async () => sumOf(await agent.metrics(), 'http_server_request_duration_seconds_count', labels);
  const before = await count();
  await ask(path);
  await until(async () => (await count()) > before, { what: `a request with ${JSON.stringify(labels)}` });
}

/** The attributes of the spans of these paths that arrived. */
function arrived(...paths: readonly string[]): Record<string, unknown>[] {
  return receiver
    .spans()
    .map(({ attributes }) => plain(attributes))
    .filter((attributes) => paths.includes(String(attributes['url.path'])));
}

describe('a reload takes over', () => {
  test('the level of the log', async () => {
    const loud = await file.reload(agent, { ...base, log_level: 'DEBUG' });
    expect(loud.some((line) => line.includes('level=DEBUG'))).toBe(true);
    await file.reload(agent, base);
    const quiet = await file.reload(agent, { ...base, log_level: 'INFO' }, 'SIGHUP');
    expect(quiet.filter((line) => line.includes('level=DEBUG'))).toEqual([]);
  });

  test.each([
    [{ patterns: ['/users/:id'] }, '/users/alice/x', '/users/alice/x'],
    [{ patterns: ['/users/:id'] }, '/users/alice', '/users/:id'],
    [{ unmatched: 'path' }, '/users/a/b', '/users/a/b'],
    [{ unmatched: 'wildcard' }, '/users/a', '/**'],
    [{ unmatched: 'unset' }, '/users/a', ''],
    [{ unmatched: 'heuristic', wildcard_char: '#' }, '/users/4711', '/users/#'],
  ] as const)('routes: %j, asked for %s', async (routes, path, route) => {
    await file.reload(agent, { ...base, routes });
    await counts(path, { http_route: route });
  });

  test('the cardinality of segments', async () => {
    await file.reload(agent, { ...base, routes: { max_path_segment_cardinality: 1 } });
    for (const name of ['one', 'two', 'three']) await ask(`/few/${name}`);
    await counts('/few/four', { http_route: '/few/*' });
  });

  test('that routes are left out, and where', async () => {
    await file.reload(agent, { ...base, routes: { ignored_patterns: ['/health'], ignore_mode: 'traces' } });
    await counts('/health', { http_route: '' });
    await file.reload(agent, { ...base, routes: { ignored_patterns: ['/health'], ignore_mode: 'metrics' } });
    await ask('/health?metrics');
    await until(() => arrived('/health').length === 1, { what: 'the span that only metrics leave out' });
    await file.reload(agent, { ...base, routes: null });
    await counts('/health', { http_route: '' });
  });

  test('selectors at the top level', async () => {
    await file.reload(agent, {
      ...base,
      open_port: `${port},${otherPort}`,
      service_name: 'shop',
      service_namespace: 'town',
    });
    await agent.instruments(other.pid);
    await counts('/named', { service_name: 'shop', service_namespace: 'town', job: 'town/shop' });
    await file.reload(agent, { ...base, open_port: undefined, target_pids: String(other.pid) });
    await ask('/unseen');
    await ask('/seen', otherPort);
    await agent.spansWhere(({ path }) => path === '/seen', 1);
    expect(agent.spans.filter(({ path }) => path === '/unseen')).toEqual([]);
    await file.reload(agent, { ...base, open_port: otherPort, executable_name: 'testserver$' });
    await ask('/by-both', otherPort);
    await agent.spansWhere(({ path }) => path === '/by-both', 1);
  });

  test.each([
    ['instrument', 'exclude_instrument', '*/testserver'],
    ['services', 'exclude_services', 'testserver$'],
  ])('the list discovery.%s and what it excludes', async (list, exclusions, exe) => {
    const entries = [{ open_ports: port }, { open_ports: otherPort, name: `other-${list}`, exports: ['metrics'] }];
    await file.reload(agent, { ...base, open_port: undefined, discovery: { [list]: entries } });
    await ask('/listed', otherPort);
    await until(
      async () =>
        sumOf(await agent.metrics(), 'http_server_request_duration_seconds_count', {
          service_name: `other-${list}`,
        }) === 1,
    );
    const excluded = { [list]: entries, [exclusions]: [{ exe_path: exe }] };
    await file.reload(agent, { ...base, open_port: undefined, discovery: excluded });
    await ask(`/excluded-${list}`);
    const byDefault = { [list]: entries, [`default_${exclusions}`]: [{ open_ports: otherPort }] };
    await file.reload(agent, { ...base, open_port: undefined, discovery: byDefault });
    await ask(`/excluded-${list}`, otherPort);
    await ask(`/included-${list}`);
    await agent.spansWhere(({ path }) => path === `/included-${list}`, 1);
    expect(agent.spans.filter(({ path }) => path === `/excluded-${list}`)).toEqual([]);
  });

  test('the sampler and the metrics of an entry', async () => {
    const entry = { open_ports: port, name: 'with-spans', metrics: { features: ['application_span'] } };
    const none = { open_ports: port, name: 'unsampled', sampler: { name: 'always_off' } };
    await file.reload(agent, { ...base, open_port: undefined, discovery: { instrument: [none] } });
    await counts('/unsampled', { service_name: 'unsampled' });
    await file.reload(agent, { ...base, open_port: undefined, discovery: { instrument: [entry] } });
    await ask('/sampled');
    await until(
      async () => sumOf(await agent.metrics(), 'traces_spanmetrics_calls_total', { service_name: 'with-spans' }) === 1,
      { what: 'the request in the metrics of spans' },
    );
    await until(() => arrived('/sampled').length === 1, { what: 'the span of the entry that samples' });
    expect(arrived('/unsampled')).toEqual([]);
  });

  test('the filter', async () => {
    await file.reload(agent, { ...base, filter: { application: { 'url.path': { not_match: '/secret*' } } } });
    await ask('/secret/1');
    await ask('/open');
    await agent.spansWhere(({ path }) => path === '/open', 1);
    expect(agent.spans.filter(({ path }) => path === '/secret/1')).toEqual([]);
  });

  test('the sampler', async () => {
    await file.reload(agent, { ...base, ...traces({ sampler: { name: 'always_off' } }) });
    await counts('/dropped', { http_route: '/dropped' });
    await file.reload(agent, { ...base, ...traces({ sampler: { name: 'traceidratio', arg: '0' } }) });
    await counts('/dropped', { http_route: '/dropped' });
    await file.reload(agent, { ...base, ...traces({ sampler: { name: 'traceidratio', arg: '1' } }) });
    await ask('/kept');
    await until(() => arrived('/kept').length === 1, { what: 'the span that is kept' });
    expect(arrived('/dropped')).toEqual([]);
  });

  test('which query parameters are hidden', async () => {
    const sensitive_query_params = { add: ['pin'], remove: ['token'] };
    await file.reload(agent, { ...base, attributes: { sensitive_query_params } });
    await ask('/query?pin=1&token=2');
    await until(() => arrived('/query').length === 1, { what: 'the span with a query' });
    expect(arrived('/query')[0]?.['url.query']).toBe('pin=REDACTED&token=2');
  });

  test('which attributes are shown, in metrics and in traces', async () => {
    const select = {
      'http.server.request.duration': { include: ['url.path', 'service.name'] },
      traces: { exclude: ['url.query'] },
      resource: { exclude: ['os.type'] },
    };
    await file.reload(agent, { ...base, attributes: { select } });
    await counts('/selected?x=1', { url_path: '/selected' });
    const [own] = samplesOf(await agent.metrics(), 'http_server_request_duration_seconds_count', {
      url_path: '/selected',
    });
    expect(own?.labels).toEqual({ service_name: expect.any(String), url_path: '/selected' });
    await until(() => arrived('/selected').length === 1, { what: 'the span without a query' });
    expect(arrived('/selected')[0]).not.toHaveProperty('url.query');
    const resources = receiver.requests.at(-1)?.resourceSpans?.map(({ resource }) => plain(resource.attributes)) ?? [];
    expect(resources.filter((attributes) => 'os.type' in attributes)).toEqual([]);
  });

  test('what addresses without a name become', async () => {
    const names = {
      rename_unresolved_hosts: 'own',
      rename_unresolved_hosts_incoming: 'from',
      rename_unresolved_hosts_outgoing: 'to',
    };
    await file.reload(agent, {
      ...base,
      name_resolver: null,
      routes: { unmatched: 'path' },
      attributes: { ...names, select: { '*': { include: ['client.address', 'server.address', 'http.route'] } } },
    });
    await counts('/renamed', { http_route: '/renamed', server_address: 'own', client_address: 'from' });
  });
});
