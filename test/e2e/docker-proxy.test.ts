import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askAgents } from '../../src/doctor/ask.ts';
import { socketFolders } from '../../src/doctor/sockets.ts';
import { Agent } from '../support/agent.ts';
import { backends } from '../support/backends.ts';
import { publish } from '../support/docker-proxy.ts';
import { freePorts } from '../support/free-ports.ts';
import { Asker } from '../support/lives.ts';
import { PrivateNetwork } from '../support/private-network.ts';
import { pythonProgram, serverScript } from '../support/programs.ts';

/** A server in a network of its own, as a container has it, behind Docker's own program. */
let started: { stop(): Promise<unknown> }[] = [];
let network: PrivateNetwork;
let address: string;

beforeEach(async () => {
  network = await PrivateNetwork.open();
  started.push({ stop: () => network.close() });
  address = await network.connect();
});

afterEach(async () => {
  for (const one of started.reverse()) await one.stop();
  started = [];
});

/** Returns the id of the server. */
async function startContainer(hostPort: number, port: number): Promise<number> {
  const server = network.run(pythonProgram(), [serverScript('lives.py'), `${port}`, address]);
  started.push(server);
  await network.listening(server, port);
  started.push(await publish(hostPort, { address, port }));
  return server.pid;
}

async function startAgent(ports: readonly number[], backend?: (typeof backends)[number]): Promise<Agent> {
  const agent = await Agent.start({ ports, ...(backend !== undefined && { backend }) });
  started.push(agent);
  return agent;
}

describe.each(backends)('only the real service behind docker-proxy is told, captured by %s', (backend) => {
  test.each([
    ['while the agent runs', false],
    ['before it starts', true],
  ])('of a container that starts %s', async (_, isEarly) => {
    const [port = 0] = await freePorts(1);
    const early = isEarly ? await startContainer(port, port) : undefined;
    const agent = await startAgent([port], backend);
    const pid = early ?? (await startContainer(port, port));
    const asker = new Asker();
    await asker.askOften(port, 50);
    expect(asker.pids).toEqual([pid]);
    await asker.expectTold(agent);
  });

  test('of a container with another port than the published one', async () => {
    const [hostPort = 0, port = 0] = await freePorts(2);
    const agent = await startAgent([hostPort, port], backend);
    await startContainer(hostPort, port);
    const asker = new Asker();
    await asker.askOften(hostPort, 50);
    await asker.expectTold(agent);
  });
});

test('who selects the published port is told which port to select', async () => {
  const [hostPort = 0] = await freePorts(1);
  const agent = await startAgent([hostPort]);
  await startContainer(hostPort, 80);
  await new Asker().askOften(hostPort, 5);
  const { answers } = await askAgents(socketFolders);
  const states = answers.flatMap((answer) => (answer.is === 'alive' ? [answer.state] : []));
  const rows = states.find(({ pid }) => pid === agent.pid)?.processes ?? [];
  expect(rows.find(({ exe }) => exe.endsWith('/docker-proxy'))).toMatchObject({
    is: 'ignored',
    why: `docker-proxy holds the port for what serves ${address}:80: select that port`,
  });
});
