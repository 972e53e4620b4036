import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { freePorts } from '../support/free-ports.ts';
import { load } from '../support/load.ts';
import { PrivateNetwork } from '../support/private-network.ts';
import { Child } from '../support/processes.ts';
import { pythonProgram, sampleServer, serverScript } from '../support/programs.ts';
import { samplesOf } from '../support/prometheus-text.ts';
import { listening, startSampleServer } from '../support/sample-server.ts';

/** Servers of every kind, all of them running all the time; each row selects some. */
const names = ['go', 'node', 'python', 'boxed', 'otelcol'] as const;
type Name = (typeof names)[number];
let folder: string;
let network: PrivateNetwork;
let boxedAddress: string;
const servers = new Map<Name, { readonly port: number; readonly child: Child }>();
let agent: Agent | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'selection-'));
  network = await PrivateNetwork.open();
  boxedAddress = await network.connect();
  const ports = await freePorts(names.length);
  const portOf = (name: Name) => ports[names.indexOf(name)] ?? 0;
  const add = (name: Name, child: Child) => servers.set(name, { port: portOf(name), child });
  add('go', await startSampleServer(portOf('go')));
  const node = new Child(process.execPath, [serverScript('node/server.mjs'), `${portOf('node')}`]);
  add('node', node);
  const lives = [serverScript('lives.py')];
  const python = new Child(pythonProgram(), [...lives, `${portOf('python')}`]);
  add('python', python);
  const boxed = network.run(pythonProgram(), [...lives, `${portOf('boxed')}`, boxedAddress]);
  add('boxed', boxed);
  const collector = join(folder, 'otelcol');
  copyFileSync(sampleServer(), collector);
  const otelcol = new Child(collector, ['-port', `${portOf('otelcol')}`]);
  add('otelcol', otelcol);
  for (const [name, { child, port }] of servers) if (name !== 'boxed') await listening(child, port);
  await network.listening(boxed, portOf('boxed'));
});

afterEach(async () => {
  await agent?.stop();
  agent = undefined;
});

afterAll(async () => {
  for (const { child } of servers.values()) await child.stop();
  await network.close();
  rmSync(folder, { recursive: true });
});

const portOf = (name: Name) => servers.get(name)?.port ?? 0;
const pidOf = (name: Name) => servers.get(name)?.child.pid ?? 0;
const ports = (...of: readonly Name[]) => of.map(portOf).join(',');

interface Settings {
  /** The file. */
  readonly config?: object;
  readonly env?: Readonly<Record<string, string>>;
}

async function startAgent({ config = {}, env = {} }: Settings): Promise<Agent> {
  const path = join(folder, 'beyla.yml');
  writeFileSync(path, JSON.stringify(config));
  agent = await Agent.start({ ports: [], env: { BEYLA_OPEN_PORT: '', BEYLA_CONFIG_PATH: path, ...env } });
  return agent;
}

async function askAll(): Promise<void> {
  for (const [name, { port }] of servers) {
    const host = name === 'boxed' ? boxedAddress : '127.0.0.1';
    await (await fetch(`http://${host}:${port}/${name}`, { headers: { connection: 'close' } })).arrayBuffer();
  }
}

const everybody = () => ({ open_ports: ports(...names) });

test.each<[string, () => Settings, readonly Name[]]>([
  ['ports', () => ({ config: list('instrument', { open_ports: ports('go', 'python') }) }), ['go', 'python']],
  ['a glob on the whole path', () => ({ config: list('instrument', { exe_path: '*/testserver' }) }), ['go']],
  [
    'a glob that is only a part of it, which matches nothing',
    () => ({ config: list('instrument', { exe_path: 'testserver' }, { open_ports: ports('node') }) }),
    ['node'],
  ],
  [
    'a regular expression, which a part is enough for',
    () => ({ config: list('services', { exe_path: 'tserv' }) }),
    ['go'],
  ],
  ['the same by its old name', () => ({ config: list('services', { exe_path_regexp: 'tserv' }) }), ['go']],
  [
    'a glob on the arguments',
    () => ({ config: list('instrument', { cmd_args: `*lives.py ${ports('python')}` }) }),
    ['python'],
  ],
  [
    'a regular expression on the arguments',
    () => ({ config: list('services', { cmd_args: String.raw`lives\.py \d+( 198\.18\.\S+)?$` }) }),
    ['python', 'boxed'],
  ],
  [
    'languages',
    () => ({ config: list('instrument', { ...everybody(), languages: '{nodejs,python}' }) }),
    ['node', 'python', 'boxed'],
  ],
  [
    'a regular expression on languages',
    () => ({ config: list('services', { open_ports: ports('go', 'python'), languages: '^(go|java)$' }) }),
    ['go'],
  ],
  [
    'process ids',
    () => ({ config: list('instrument', { target_pids: [pidOf('node'), pidOf('boxed')] }) }),
    ['node', 'boxed'],
  ],
  [
    'being in a container',
    () => ({ config: list('instrument', { ...everybody(), containers_only: true }) }),
    ['boxed'],
  ],
  [
    'all of several criteria',
    () => ({
      config: list(
        'instrument',
        { ...everybody(), languages: 'python', cmd_args: '*198.18.*' },
        { open_ports: ports('go'), languages: 'python' },
      ),
    }),
    ['boxed'],
  ],
  [
    'what Kubernetes knows, which is nothing here',
    () => ({
      config: list(
        'instrument',
        { open_ports: ports('go'), k8s_namespace: '*', k8s_pod_labels: { app: '*' }, k8s_owner_name: 'shop' },
        { open_ports: ports('node') },
      ),
    }),
    ['node'],
  ],
  [
    'not being excluded by a glob',
    () => ({
      config: {
        discovery: {
          instrument: [everybody()],
          exclude_instrument: [{ exe_path: '*/testserver' }, { languages: 'nodejs' }],
        },
      },
    }),
    ['python', 'boxed'],
  ],
  [
    'not being excluded by a regular expression',
    () => ({ config: { discovery: { services: [everybody()], exclude_services: [{ cmd_args: 'lives' }] } } }),
    ['go', 'node'],
  ],
  [
    'not being excluded by default',
    () => ({ config: list('instrument', everybody()) }),
    ['go', 'node', 'python', 'boxed'],
  ],
  ['the same in the older list', () => ({ config: list('services', everybody()) }), ['go', 'node', 'python', 'boxed']],
  [
    'no default exclusions',
    () => ({ config: { discovery: { instrument: [everybody()], default_exclude_instrument: [] } } }),
    names,
  ],
  [
    'no default exclusions, in the older list',
    () => ({ config: { discovery: { services: [everybody()], default_exclude_services: [] } } }),
    names,
  ],
  [
    'the newer of two lists',
    () => ({
      config: { discovery: { instrument: [{ open_ports: ports('go') }], services: [{ open_ports: ports('node') }] } },
    }),
    ['go'],
  ],
  [
    'process ids before any list',
    () => ({ config: list('instrument', { open_ports: ports('go') }), env: { BEYLA_TARGET_PID: `${pidOf('node')}` } }),
    ['node'],
  ],
  [
    'an executable and a port in variables, both',
    () => ({ env: { BEYLA_AUTO_TARGET_EXE: '*/testserver', BEYLA_OPEN_PORT: ports('go', 'node') } }),
    ['go'],
  ],
  [
    'a language in a variable',
    () => ({ env: { BEYLA_AUTO_TARGET_LANGUAGE: 'nodejs', BEYLA_OPEN_PORT: ports('go', 'node') } }),
    ['node'],
  ],
  [
    'the old regular expression and a port in variables, both',
    () => ({ env: { BEYLA_EXECUTABLE_NAME: 'test.erver', BEYLA_OPEN_PORT: ports('go', 'node') } }),
    ['go'],
  ],
  [
    'a list, or the port beside it',
    () => ({ config: list('instrument', { open_ports: ports('go') }), env: { BEYLA_OPEN_PORT: ports('node') } }),
    ['go', 'node'],
  ],
])('%s select what is told', async (_, settings, expected) => {
  const running = await startAgent(settings());
  await running.instruments(...expected.map(pidOf));
  await askAll();
  await running.spansWhere(({ side }) => side === 'server', expected.length);
  await running.stop();
  agent = undefined;
  expect(running.spans.map(({ path }) => path)).toEqual(
    names.filter((name) => expected.includes(name)).map((name) => `/${name}`),
  );
});

describe('of several entries that match', () => {
  test('the later decides the names, what the process says itself comes first', async () => {
    const [port = 0] = await freePorts(1);
    const env = { OTEL_RESOURCE_ATTRIBUTES: 'service.name=own,service.namespace=home' };
    const own = await startSampleServer(port, { env });
    const running = await startAgent({
      config: list(
        'instrument',
        { open_ports: `${ports('go')},${port}`, name: 'first', namespace: 'a' },
        { open_ports: `${ports('go')},${port}`, name: 'second' },
      ),
    });
    await askAll();
    await load({ port, requests: 1, connections: 1, path: '/own' });
    await running.spansWhere(({ path }) => path === '/own', 1);
    const counted = samplesOf(await running.metrics(), 'http_server_request_duration_seconds_count');
    await own.stop();
    const told = counted.map(({ labels }) => [labels['service_namespace'], labels['service_name']]);
    expect(told.toSorted()).toEqual([
      ['a', 'second'],
      ['home', 'own'],
    ]);
  });

  test('the last decides the metrics', async () => {
    const running = await startAgent({
      config: list(
        'instrument',
        { open_ports: ports('go'), metrics: { features: ['application_span'] }, exports: ['traces'] },
        { open_ports: ports('go'), exports: ['metrics', 'traces'] },
      ),
    });
    await askAll();
    await running.spansWhere(({ path }) => path === '/go', 1);
    const all = await running.metrics();
    expect(samplesOf(all, 'http_server_request_duration_seconds_count')).toHaveLength(1);
    expect(samplesOf(all, 'traces_spanmetrics_calls_total')).toHaveLength(0);
  });
});

function list(name: 'instrument' | 'services', ...entries: readonly object[]): object {
  return { discovery: { [name]: entries } };
}
