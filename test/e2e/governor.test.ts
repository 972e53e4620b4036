import { get, Agent as SecureAgent } from 'node:https';
import { afterEach, expect, test } from 'vitest';
import type { AgentState } from '../../src/doctor/agent-state.ts';
import { askAgents } from '../../src/doctor/ask.ts';
import { socketFolders } from '../../src/doctor/sockets.ts';
import { Agent } from '../support/agent.ts';
import { freePorts } from '../support/free-ports.ts';
import { ownCertificate } from '../support/https.ts';
import { Load, load } from '../support/load.ts';
import { Child } from '../support/processes.ts';
import { pythonProgram, serverScript } from '../support/programs.ts';
import { samplesOf, sumOf } from '../support/prometheus-text.ts';
import { listening, startSampleServer } from '../support/sample-server.ts';
import { until } from '../support/until.ts';

let started: { stop(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of started.reverse()) await one.stop();
  started = [];
});

test('a service that costs too much is told less of by steps, and all of it again when it has calmed down', async () => {
  const [port = 0] = await freePorts(1);
  const server = await startSampleServer(port);
  started.push(server);
  const env = {
    BEYLA_GOVERNOR_CPU_BUDGET: '0.001',
    BEYLA_GOVERNOR_INTERVAL: '100ms',
    BEYLA_GOVERNOR_PATIENCE: '300ms',
  };
  const agent = await Agent.start({ ports: [port], env });
  started.push(agent);
  await agent.instruments(server.pid);
  const hot = await Load.prepare({ port, requests: 2000, connections: 8, rate: 1000 });
  started.push(hot);
  const load2000 = hot.run();
  await until(async () => (await steps(agent)) >= 4, { withinMs: 30_000, what: () => agent.log.join('\n') });
  const state = await stateOf(agent);
  expect(state?.governor).toMatchObject([{ service: 'testserver', told: 'nothing', budget: 0.001 }]);
  const row = state?.processes.find(({ pid }) => pid === server.pid);
  expect([row?.is, row?.told, row?.attached]).toEqual(['selected', 'nothing', undefined]);
  expect(await load2000).toMatchObject({ count: 2000, ok: 2000, errors: 0 });
  await until(async () => (await steps(agent)) >= 8, { withinMs: 30_000, what: () => agent.log.join('\n') });
  expect(agent.log.flatMap(stepIn)).toEqual([
    'few spans',
    'no spans',
    // The server is one of Go, whose libraries have probes.
    'no probes',
    'NOT CAPTURED',
    'no probes',
    'no spans',
    'few spans',
    'everything',
  ]);

  await load({ port, requests: 1, connections: 1, path: '/again' });
  await agent.spansWhere(({ path }) => path === '/again', 1);
  const counted = sumOf(await agent.metrics(), 'http_server_request_duration_seconds_count');
  const lost = samplesOf(await agent.internalMetrics(), 'beyla_spans_lost_total', { reason: 'governor' });
  expect(lost[0]?.value).toBeGreaterThan(0);
  // Whatever was captured is in the metrics; its spans were printed or are counted as missing.
  expect(agent.spans.length + (lost[0]?.value ?? 0)).toBe(counted);
  expect(counted).toBeLessThan(2001);
});

test.each([
  ['that are shared with another service', true],
  ['that nobody else has', false],
])('a service that costs too much inside TLS loses its probes, %s, before its capture', async (_, isShared) => {
  const [hotPort = 0, calmPort = 0] = await freePorts(2);
  const hot = await secureServer('hot', hotPort);
  if (isShared) await secureServer('calm', calmPort);
  const env = {
    BEYLA_GOVERNOR_CPU_BUDGET: '0.001',
    BEYLA_GOVERNOR_INTERVAL: '100ms',
    // Longer than what is still on its way from the probes takes to arrive on a busy machine.
    BEYLA_GOVERNOR_PATIENCE: '600ms',
  };
  const agent = await Agent.start({ ports: [hotPort, calmPort], env });
  started.push(agent);
  const kept = new SecureAsker(hotPort);
  await kept.ask('/s/200/1');
  await agent.spansWhere(({ path }) => path === '/s/200/1', 1);
  const isStill = (at: number) => async () => (await steps(agent)) < at;
  await kept.askWhile(isStill(3));
  const state = await stateOf(agent);
  expect(state?.governor?.find(({ service }) => service === 'hot')?.told).toBe('no probes');
  const row = state?.processes.find(({ pid }) => pid === hot.pid);
  expect([row?.told, row?.attached]).toEqual(['no probes', `TCP ${state?.capture.backend}`]);
  for (let i = 0; i < 3; i++) await kept.ask('/s/203/0');
  if (isShared) {
    await new SecureAsker(calmPort).ask('/s/204/0');
    await until(async () => (await countOf(agent, 204)) === 1);
  }
  await until(async () => !(await isStill(6)()), { withinMs: 60_000, what: () => agent.log.join('\n') });
  expect(agent.log.filter((line) => line.includes('service=hot')).flatMap(stepIn)).toEqual([
    ...['few spans', 'no spans', 'no probes', 'no spans', 'few spans', 'everything'],
  ]);
  // The server has been waiting for this one in a call that began unseen.
  await kept.ask('/s/205/0');
  for (let i = 0; i < 5; i++) await kept.ask('/s/201/3');
  await new SecureAsker(hotPort).ask('/s/202/3');
  // Spans may be missing again, at such a budget.
  await until(async () => (await countOf(agent, 202)) === 1);
  expect([await countOf(agent, 203), await countOf(agent, 201)]).toEqual([0, 5]);
});

async function countOf(agent: Agent, status: number): Promise<number> {
  const labels = { http_response_status_code: `${status}` };
  return sumOf(await agent.metrics(), 'http_server_request_duration_seconds_count', labels);
}

async function secureServer(name: string, port: number): Promise<Child> {
  const { certificate, key } = ownCertificate();
  const args = [serverScript('https/server.py'), `${port}`, certificate, key];
  const child = new Child(pythonProgram(), args, { env: { OTEL_SERVICE_NAME: name } });
  started.push(child);
  await listening(child, port);
  return child;
}

/** Asks on one connection that it keeps. */
class SecureAsker {
  readonly #port: number;
  readonly #agent = new SecureAgent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });

  constructor(port: number) {
    this.#port = port;
    started.push({ stop: async () => this.#agent.destroy() });
  }

  async ask(path: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    get({ host: '127.0.0.1', port: this.#port, path, agent: this.#agent }, (response) =>
      response.resume().on('end', resolve),
    ).on('error', reject);
    await promise;
  }

  async askWhile(isWanted: () => Promise<boolean>): Promise<void> {
    while (await isWanted()) for (let i = 0; i < 50; i++) await this.ask('/s/200/0');
  }
}

/** What it answers a doctor. */
async function stateOf({ pid }: Agent): Promise<AgentState | undefined> {
  const { answers } = await askAgents(socketFolders);
  return answers.flatMap((answer) => (answer.is === 'alive' ? [answer.state] : [])).find((one) => one.pid === pid);
}

async function steps(agent: Agent): Promise<number> {
  return sumOf(await agent.internalMetrics(), 'beyla_governor_steps_total');
}

function stepIn(line: string): string[] {
  if (line.includes('NOT CAPTURED')) return ['NOT CAPTURED'];
  const [, quoted, bare] = / told=(?:"([^"]*)"|(\S+))/.exec(line) ?? [];
  return [quoted ?? bare ?? []].flat();
}
