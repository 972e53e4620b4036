import { afterEach, expect, test } from 'vitest';
import type { AgentState } from '../../src/doctor/agent-state.ts';
import { askAgents } from '../../src/doctor/ask.ts';
import { socketFolders } from '../../src/doctor/sockets.ts';
import { Agent } from '../support/agent.ts';
import { freePorts } from '../support/free-ports.ts';
import { Load, load } from '../support/load.ts';
import { samplesOf, sumOf } from '../support/prometheus-text.ts';
import { startSampleServer } from '../support/sample-server.ts';
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
  await until(async () => (await steps(agent)) >= 3, { withinMs: 30_000, what: () => agent.log.join('\n') });
  const state = await stateOf(agent);
  expect(state?.governor).toMatchObject([{ service: 'testserver', told: 'nothing', budget: 0.001 }]);
  const row = state?.processes.find(({ pid }) => pid === server.pid);
  expect([row?.is, row?.told, row?.attached]).toEqual(['selected', 'nothing', undefined]);
  expect(await load2000).toMatchObject({ count: 2000, ok: 2000, errors: 0 });
  await until(async () => (await steps(agent)) >= 6, { withinMs: 30_000, what: () => agent.log.join('\n') });
  expect(agent.log.flatMap(stepIn)).toEqual([
    'few spans',
    'no spans',
    'NOT CAPTURED',
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
