import { get } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDiscovery } from '../../src/discover/discovery.ts';
import { ProcFs } from '../../src/discover/proc-fs.ts';
import { type Addon, loadAddon } from '../../src/kernel/addon.ts';
import { openCapture } from '../../src/kernel/capture.ts';
import { ProcessWatcher } from '../../src/kernel/process-watch.ts';
import { Agent } from '../support/agent.ts';
import { type Backend, backends } from '../support/backends.ts';
import { footprintOf } from '../support/footprint.ts';
import { freePorts } from '../support/free-ports.ts';
import { objectsOf, remaining } from '../support/kernel-objects.ts';
import { type LoadResult, load } from '../support/load.ts';
import { Child } from '../support/processes.ts';
import { pythonProgram, sampleServer, serverScript } from '../support/programs.ts';
import { rule, rules } from '../support/rules.ts';
import { listening } from '../support/sample-server.ts';
import { until } from '../support/until.ts';

const languages: Readonly<Record<string, (port: number) => readonly [string, ...string[]]>> = {
  Go: (port) => [sampleServer(), '-port', `${port}`],
  Node: (port) => [process.execPath, serverScript('node/server.mjs'), `${port}`],
  Java: (port) => ['java', '-XX:TieredStopAtLevel=1', serverScript('Server.java'), `${port}`],
};

let started: { stop(): Promise<unknown> }[] = [];
let servers: { readonly name: string; readonly port: number; readonly pid: number }[];

beforeEach(async () => {
  const ports = await freePorts(3);
  const children = Object.values(languages).map((commandOf, i) => {
    const [command, ...args] = commandOf(ports[i] ?? 0);
    return new Child(command, args);
  });
  started.push(...children);
  servers = await Promise.all(
    Object.keys(languages).map(async (name, i) => {
      const [child, port] = [children[i] as Child, ports[i] ?? 0];
      await until(() => listening(child, port).then(() => true), { withinMs: 30_000 });
      return { name, port, pid: child.pid };
    }),
  );
});

afterEach(async () => {
  for (const one of started.reverse()) await one.stop();
  started = [];
});

describe.each(backends)('with %s', (backend) => {
  test('100 times attached and detached under load: no request fails, nothing is left in the kernel', async () => {
    const addon = loadAddon();
    const results: LoadResult[] = [];
    let isOver = false;
    const busy = servers.map(async ({ port }) => {
      while (!isOver) results.push(await load({ port, requests: 600, connections: 4, rate: 200 }));
    });
    let records = 0;
    for (let i = 0; i < 100; i++) records += await attachOnce(addon, backend);
    isOver = true;
    await Promise.all(busy);
    expect(results.length).toBeGreaterThanOrEqual(servers.length);
    expect(results.filter(({ count, ok, errors }) => count !== 600 || ok !== 600 || errors !== 0)).toEqual([]);
    expect(records).toBeGreaterThan(0);
  }, 600_000);

  test('a process keeps its mappings, signals, files and ports, during and after', async () => {
    for (const { port } of servers) await load({ port, requests: 500, connections: 4 });
    const before = footprints();
    const agent = await Agent.start({ backend, ports: servers.map(({ port }) => port), printer: 'disabled' });
    started.push(agent);
    await agent.instruments(...servers.map(({ pid }) => pid));
    for (const { port } of servers) await load({ port, requests: 500, connections: 4 });
    expect(footprints()).toEqual(before);
    await agent.stop();
    expect(footprints()).toEqual(before);
  });

  test('FIONREAD answers what it would without an agent', async () => {
    const [port = 0] = await freePorts(1);
    const server = new Child(pythonProgram(), [serverScript('fionread.py'), `${port}`]);
    started.push(server);
    await until(() => waitingBytes(port), { what: () => server.tail() });
    const before = await waitingBytes(port);
    const agent = await Agent.start({ backend, ports: [port] });
    started.push(agent);
    await agent.instruments(server.pid);
    const during = [await waitingBytes(port), await waitingBytes(port)];
    await agent.spansWhere(({ side }) => side === 'server', 2);
    await agent.stop();
    expect([...during, await waitingBytes(port)]).toEqual([before, before, before]);
    expect(before).toBeGreaterThan(0);
  });
});

function footprints(): object {
  return Object.fromEntries(servers.map(({ name, pid }) => [name, footprintOf(pid)]));
}

/** Loads, attaches, sees something of every server, detaches; returns how many records came. */
async function attachOnce(addon: Addon, backend: Backend): Promise<number> {
  const before = new Set(objectsOf(process.pid));
  const watcher = new ProcessWatcher(addon, process.pid);
  let records = 0;
  const onRecords = (_: Buffer, __: Uint32Array, count: number) => {
    records += count;
  };
  const capture = openCapture(addon, { backend, shared: watcher.shared, onRecords });
  const byPort = rule('test', { openPorts: servers.map(({ port }) => port).join(',') });
  const discovery = createDiscovery({
    rules: rules([byPort]),
    proc: new ProcFs(),
    host: { name: 'host', resource: {}, defaultResource: {} },
    targets: watcher,
    events: watcher,
    agentPid: 0,
    onSelected: () => {},
    onChanged: () => {},
    onGone: () => {},
  });
  await discovery.start();
  expect(discovery.selected()).toHaveLength(servers.length);
  await until(() => {
    capture.poll();
    return records > 0;
  });
  const objects = objectsOf(process.pid).filter((object) => !before.has(object));
  expect(objects.length).toBeGreaterThan(0);
  capture.close();
  await discovery.stop();
  await until(() => remaining(objects).length === 0, { what: () => `${remaining(objects)} to go` });
  return records;
}

/** What the server saw waiting of a request that is the same each time; undefined while it does not listen. */
function waitingBytes(port: number): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  get({ host: '127.0.0.1', port, path: '/', agent: false }, (response) => {
    response.setEncoding('utf8').on('data', (body: string) => resolve(Number(body)));
  }).on('error', () => resolve(undefined));
  return promise;
}
