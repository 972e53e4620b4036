import { afterEach, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { backends } from '../support/backends.ts';
import { ConfigFile, ways } from '../support/config-file.ts';
import { exchange, read, request, response, send, tell, turns, wait } from '../support/dialogue.ts';
import { freePorts } from '../support/free-ports.ts';
import { Load, load } from '../support/load.ts';
import { lostSpans } from '../support/losses.ts';
import { type Sample, sumOf } from '../support/prometheus-text.ts';
import { startSampleServer } from '../support/sample-server.ts';
import { Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const started: { stop(): Promise<unknown> }[] = [];
const files: ConfigFile[] = [];

afterEach(async () => {
  for (const one of started.splice(0).reverse()) await one.stop();
  for (const file of files.splice(0)) file.remove();
});

function configFile(settings: object): ConfigFile {
  const file = new ConfigFile(settings);
  files.push(file);
  return file;
}

const serverCount = 'http_server_request_duration_seconds_count';
const clientCount = 'http_client_request_duration_seconds_count';

/** What twenty reloads go through: each changes something of several kinds. */
function variant(i: number, ports: readonly number[], otherPort: number): object {
  const selectors = [
    { discovery: { instrument: [{ open_ports: ports.join(',') }] } },
    {
      discovery: { instrument: ports.map((port) => ({ open_ports: port })), exclude_instrument: [{ exe_path: '*x' }] },
    },
    { open_port: [...ports, otherPort].join(',') },
  ];
  const routes = [{}, { routes: { patterns: ['/load'] } }, { routes: { unmatched: 'wildcard' } }, { routes: null }];
  const select = [
    {},
    { http_server_request_duration: { include: ['url.path', 'http.route'] } },
    { '*': { exclude: ['http.route', 'server.*'] } },
  ];
  return {
    ...selectors[i % selectors.length],
    ...routes[i % routes.length],
    log_level: i % 2 === 0 ? 'INFO' : 'DEBUG',
    attributes: { select: select[i % select.length], rename_unresolved_hosts: `unresolved-${i % 2}` },
    filter: i % 4 === 3 ? { application: { 'http.request.method': { match: '{GET,POST}' } } } : {},
  };
}

describe.each(backends)('captured by %s', (backend) => {
  const reloads = 20;
  const requests = 10_000;

  test(`${reloads} reloads while ${requests} requests come on kept connections lose none and count none twice`, async () => {
    const [port = 0, ownPort = 0, otherPort = 0] = await freePorts(3);
    const ports = [port, ownPort];
    const file = configFile(variant(0, ports, otherPort));
    const server = await startSampleServer(port);
    const other = await startSampleServer(otherPort);
    const agent = await Agent.start({
      backend,
      ports: [],
      printer: 'disabled',
      env: { BEYLA_CONFIG_PATH: file.path },
    });
    started.push(server, other, agent);
    const busy = await Load.prepare({ port, ownPort, requests, connections: 50, rate: 1000 });
    started.push(busy);
    await agent.instruments(server.pid, busy.pid);
    const run = busy.run();
    let isOver = false;
    const watched = watchCounters(agent, () => isOver);
    for (let i = 1; i <= reloads; i++) {
      await file.reload(agent, variant(i, ports, otherPort), ways[i % ways.length]);
    }
    expect(await run).toMatchObject({ count: requests, ok: requests, errors: 0 });
    const all = await until(
      async () => {
        const samples = await agent.metrics();
        return sumOf(samples, serverCount) + sumOf(samples, clientCount) >= 2 * requests && samples;
      },
      { what: `${requests} requests to be counted` },
    );
    isOver = true;
    expect(await watched).toEqual([]);
    expect(lostSpans(await agent.internalMetrics())).toBe(0);
    expect({ server: sumOf(all, serverCount), client: sumOf(all, clientCount) }).toEqual({
      server: requests,
      client: requests,
    });
  });

  test('a connection keeps its state, wherever a reload finds it', async () => {
    const stage = await Stage.open();
    const selected = { open_port: `${stage.client.port},${stage.server.port}` };
    const file = configFile(selected);
    const agent = await stage.startAgent({ backend, env: { BEYLA_CONFIG_PATH: file.path, BEYLA_OPEN_PORT: '' } });
    const asked = request('POST /across', 'x'.repeat(1000));
    const answer = response(201, 'y'.repeat(500));
    const pause = (n: number) => [tell(`paused-${n}`), wait(`go-${n}`)];
    const next = turns([request('GET /next'), response(200)]);
    const beginUs = Date.now() * 1000;
    const dialogue = {
      name: 'reloads in the middle',
      client: [
        send(asked.slice(0, 20)),
        ...pause(0),
        send(asked.slice(20, 500)),
        ...pause(1),
        send(asked.slice(500)),
        ...pause(2),
        read(answer.length),
        ...next.client,
      ],
      server: [
        read(asked.length),
        wait('go-2'),
        send(answer.slice(0, 100)),
        ...pause(3),
        send(answer.slice(100)),
        ...next.server,
      ],
      exchanges: [exchange('POST /across', 201, 1000, 500), exchange('GET /next', 200)],
    };
    const played = stage.play(dialogue);
    for (let n = 0; n < 4; n++) {
      await (n === 3 ? stage.server : stage.client).reached(`paused-${n}`);
      await file.reload(agent, { ...selected, routes: { patterns: [`/${n}`] } }, 'SIGHUP');
      stage.client.go(`go-${n}`);
      stage.server.go(`go-${n}`);
    }
    await played;
    await stage.expectTold(dialogue, beginUs);
    await stage.close();
  });
});

test('a bad file is told in full and leaves the old configuration in force, until there is a good one', async () => {
  const [port = 0] = await freePorts(1);
  const good = { open_port: String(port), routes: { patterns: ['/item/:id'] } };
  const file = configFile(good);
  const server = await startSampleServer(port);
  const agent = await Agent.start({ ports: [], env: { BEYLA_CONFIG_PATH: file.path } });
  started.push(server, agent);
  await agent.instruments(server.pid);
  const bad = [
    { text: 'open_port: [', says: /parsing YAML configuration/ },
    { text: `open_port: ${port}a\nlog_level: loud\n`, says: /beyla\.yml:2: log_level/ },
    { text: 'trace_printer: text\n', says: /no application discovery/ },
    { text: `open_port: ${port}\nlog_level: DEBUG\nfilter: {application: {no.such: {match: x}}}\n`, says: /no\.such/ },
  ];
  for (const { text, says } of bad) {
    const said = await file.refused(agent, text);
    expect(said.filter((line) => says.test(line))).toHaveLength(1);
    expect(said.filter((line) => /level=DEBUG|^\s+at /.test(line))).toEqual([]);
  }
  await load({ port, requests: 1, connections: 1, path: '/item/7' });
  await counted(agent, { http_route: '/item/:id' });
  await file.reload(agent, { ...good, routes: { patterns: ['/:kind/7'] } });
  await load({ port, requests: 1, connections: 1, path: '/item/7' });
  await counted(agent, { http_route: '/:kind/7' });
});

test('what takes a restart is named, one line each, and left', async () => {
  const [port = 0] = await freePorts(1);
  const file = configFile({ open_port: String(port) });
  const agent = await Agent.start({ ports: [], env: { BEYLA_CONFIG_PATH: file.path } });
  started.push(agent);
  const said = await file.reload(agent, {
    open_port: String(port),
    shutdown_timeout: '3s',
    prometheus_export: { ttl: '1m' },
    log_format: 'json',
    service_namespace: 'shop',
  });
  const left = /level=WARN msg="setting (\S+) cannot change while the agent runs.*before=(\S+) after=(\S+)/;
  expect(said.map((line) => left.exec(line)?.slice(1)).filter((found) => found !== undefined)).toEqual([
    ['log_format', 'text', 'json'],
    ['shutdown_timeout', '10s', '3s'],
    ['prometheus_export.ttl', '5m', '1m'],
  ]);
  expect(said.filter((line) => line.includes('setting service_namespace changed'))).toHaveLength(1);
  expect(said.at(-1)).toMatch(/msg="configuration reloaded" changes=1$/);
});

async function counted(agent: Agent, labels: Readonly<Record<string, string>>): Promise<void> {
  await until(async () => sumOf(await agent.metrics(), serverCount, labels) === 1, {
    what: `a request with ${JSON.stringify(labels)}`,
  });
}

/** Reads the page again and again; what went back is returned at the end. */
async function watchCounters(agent: Agent, isOver: () => boolean): Promise<readonly string[]> {
  const highest = new Map<string, number>();
  const wentBack: string[] = [];
  const see = (key: string, value: number): void => {
    if (value < (highest.get(key) ?? 0)) wentBack.push(`${key}: ${highest.get(key)} -> ${value}`);
    highest.set(key, value);
  };
  for (;;) {
    const isLast = isOver();
    const samples = await agent.metrics();
    for (const name of [serverCount, clientCount]) see(name, sumOf(samples, name));
    const counters = samples.filter(({ name }) => /_(?:count|bucket|sum|total)$/.test(name));
    const series = new Set(counters.map(keyOf));
    for (const [key, value] of highest)
      if (!series.has(key) && key.includes('{') && value > 0) wentBack.push(`${key} is gone`);
    for (const sample of counters) see(keyOf(sample), sample.value);
    if (isLast) return wentBack;
  }
}

function keyOf({ name, labels }: Sample): string {
  return `${name}${JSON.stringify(labels)}`;
}
