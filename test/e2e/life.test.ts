import { afterEach, describe, expect, test } from 'vitest';
import { Agent, type AgentOptions } from '../support/agent.ts';
import { backends } from '../support/backends.ts';
import { freePorts } from '../support/free-ports.ts';
import { objectsOf, remaining } from '../support/kernel-objects.ts';
import { Load, load } from '../support/load.ts';
import { Child } from '../support/processes.ts';
import { sampleServer } from '../support/programs.ts';
import { scrape } from '../support/prometheus-text.ts';
import { listening, startSampleServer } from '../support/sample-server.ts';
import { until } from '../support/until.ts';

const started: { stop(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of started.splice(0).reverse()) await one.stop();
});

async function startAgent(options: AgentOptions): Promise<Agent> {
  const agent = await Agent.start(options);
  started.push(agent);
  return agent;
}

async function startServer(port: number): Promise<Child> {
  const server = await startSampleServer(port);
  started.push(server);
  return server;
}

describe.each(backends)('captured by %s', (backend) => {
  test('a process that starts after the agent is seen from its first request on', async () => {
    const [port = 0] = await freePorts(1);
    const agent = await startAgent({ backend, ports: [port] });
    const server = await startServer(port);
    await load({ port, requests: 1, connections: 1, path: '/first' });
    await agent.spansWhere(({ path, side }) => path === '/first' && side === 'server', 1);
    expect(agent.isInstrumenting(server.pid)).toBe(true);
  });

  test('a stopped agent leaves nothing in the kernel', async () => {
    const [port = 0] = await freePorts(1);
    const server = await startServer(port);
    const agent = await Agent.start({ backend, ports: [port] });
    await agent.instruments(server.pid);
    const objects = objectsOf(agent.pid);
    expect(new Set(objects.map((object) => object.split(' ')[0]))).toEqual(new Set(['prog', 'map', 'link']));
    await agent.stop();
    await until(() => remaining(objects).length === 0, { what: () => `${remaining(objects)} to go` });
  });

  test('an agent killed under load harms no request and leaves nothing in the kernel', async () => {
    const [port = 0, ownPort = 0] = await freePorts(2);
    const server = await startServer(port);
    const agent = await Agent.start({ backend, ports: [port, ownPort], printer: 'disabled' });
    const busy = await Load.prepare({ port, ownPort, requests: 6000, connections: 20, rate: 3000 });
    await agent.instruments(server.pid, busy.pid);
    const objects = objectsOf(agent.pid);
    const run = busy.run();
    await until(async () =>
      (await agent.metrics()).some(({ name }) => name.startsWith('http_server_request_duration')),
    );
    agent.kill();
    expect(await agent.ended()).toBe('SIGKILL');
    expect(await run).toMatchObject({ count: 6000, ok: 6000, errors: 0 });
    await until(() => remaining(objects).length === 0, { what: () => `${remaining(objects)} to go` });
  });

  test('an agent that starts again goes on with connections that stayed open', async () => {
    const [port = 0] = await freePorts(1);
    const server = await startServer(port);
    const kept = await Load.prepare({ port, requests: 3000, connections: 4, rate: 500, path: '/kept' });
    started.push(kept);
    const run = kept.run();
    for (let i = 0; i < 2; i++) {
      const agent = await Agent.start({ backend, ports: [port] });
      await agent.instruments(server.pid);
      const spans = await agent.spansWhere(({ side }) => side === 'server', 100);
      expect(new Set(spans.map(({ method, path, status }) => `${method} ${path} ${status}`))).toEqual(
        new Set(['GET /kept 200']),
      );
      await agent.stop();
    }
    expect(await run).toMatchObject({ errors: 0 });
  });

  test('it never captures itself, even when its own port is selected', async () => {
    const [port = 0, metricsPort = 0] = await freePorts(2);
    const server = await startServer(port);
    const agent = await startAgent({
      backend,
      ports: [port, metricsPort],
      env: { BEYLA_PROMETHEUS_PORT: String(metricsPort) },
    });
    await agent.instruments(server.pid);
    for (let i = 0; i < 5; i++) await scrape(`http://127.0.0.1:${metricsPort}/metrics`);
    await load({ port, requests: 1, connections: 1, path: '/last' });
    await agent.spansWhere(({ path }) => path === '/last', 1);
    expect(agent.spans.map(({ path }) => path)).toEqual(['/last']);
    expect(agent.isInstrumenting(agent.pid)).toBe(false);
  });
});

describe('selection', () => {
  test('by lists and ranges of ports, and nothing else', async () => {
    const [first = 0, second = 0, other = 0] = (await freePorts(3)).sort((a, b) => a - b);
    const agent = await startAgent({ ports: [], env: { BEYLA_OPEN_PORT: `${first},${second - 1}-${second}` } });
    const [one, two, three] = await Promise.all([startServer(first), startServer(second), startServer(other)]);
    await agent.instruments(one.pid, two.pid);
    for (const port of [other, first, second]) await load({ port, requests: 1, connections: 1, path: `/${port}` });
    await agent.spansWhere(({ path }) => path === `/${second}`, 1);
    expect(agent.spans.map(({ path }) => path)).toEqual([`/${first}`, `/${second}`]);
    expect(agent.isInstrumenting(three.pid)).toBe(false);
  });

  test('by executable', async () => {
    const [port = 0] = await freePorts(1);
    const agent = await startAgent({
      ports: [],
      env: { BEYLA_OPEN_PORT: '', BEYLA_AUTO_TARGET_EXE: '*/testserver' },
    });
    const server = new Child(sampleServer(), [], { env: { PORT: String(port) } });
    started.push(server);
    await listening(server, port);
    await agent.instruments(server.pid);
    await load({ port, requests: 1, connections: 1, path: '/by-exe' });
    await agent.spansWhere(({ path, side }) => path === '/by-exe' && side === 'server', 1);
  });
});
