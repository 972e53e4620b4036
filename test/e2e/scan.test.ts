import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { Actor } from '../support/actor.ts';
import { Agent } from '../support/agent.ts';
import { freePorts } from '../support/free-ports.ts';

let started: { stop(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of started.reverse()) await one.stop();
  started = [];
});

test('an agent that finds 500 processes more is ready within five seconds, and hardly larger', async () => {
  const [port = 0] = await freePorts(1);
  // Looks at the ports of each actor, after the executables of everything that runs.
  const options = { ports: [port], env: { BEYLA_AUTO_TARGET_EXE: '*/actor' } };
  const without = await measure(await Agent.start(options));
  const main = await Actor.start();
  started.push(main);
  const workers = await main.doesAll(Array.from({ length: 500 }, () => 'fork'));
  const agent = await Agent.start(options);
  const { readyMs } = agent;
  const with500 = await measure(agent);
  console.log(`500 processes: ready in ${Math.round(readyMs)} ms, peak ${with500} MiB, ${without} MiB without them`);
  expect(readyMs).toBeLessThan(5000);
  expect(with500 - without).toBeLessThan(30);
  expect(with500).toBeLessThan(200);
  await main.doesAll(workers.map((worker) => `stop ${worker}`));
});

/** MiB of the largest size that the agent ever had; ends it. */
async function measure(agent: Agent): Promise<number> {
  const [, kib = ''] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${agent.pid}/status`, 'utf8')) ?? [];
  await agent.stop();
  return Math.round(Number(kib) / 1024);
}
