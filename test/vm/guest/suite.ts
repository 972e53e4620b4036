// Runs in a guest: real servers under an agent for each of these backends, and a line of JSON about each.
//   suite.ts auto [BACKEND ...]      auto: the one that the agent takes by itself, and what it tells by probes in programs
import { execFileSync } from 'node:child_process';
import { type Server, startGo, startNginx, startNode } from '../../../scripts/bench/servers.ts';
import type { Backend } from '../../../src/kernel/capture.ts';
import { Agent } from '../../support/agent.ts';
import { freePorts } from '../../support/free-ports.ts';
import { load } from '../../support/load.ts';
import { lossesIn } from '../../support/losses.ts';
import { Child } from '../../support/processes.ts';
import { pythonProgram, serverScript } from '../../support/programs.ts';
import { listening } from '../../support/sample-server.ts';
import {
  type BackendReport,
  loads,
  type ProbesReport,
  type Seen,
  type ServerName,
  serverNames,
  type WarningsReport,
} from '../loads.ts';
import { type Probed, seenByProbes, startProbed } from './probes.ts';

const starts: Record<ServerName, () => Promise<Server>> = {
  go: startGo,
  node: startNode,
  python: startPython,
  nginx: startNginx,
};
/** Asked of each server at the end: what was told twice would be there by then. */
const last = '/last';

async function startPython(): Promise<Server> {
  const [port = 0] = await freePorts(1);
  const child = new Child(pythonProgram(), [serverScript('answers.py'), String(port)], { name: 'python' });
  await listening(child, port);
  return { port, path: '/bench', isTls: false, pids: [child.pid], stop: async () => void (await child.stop()) };
}

type Servers = ReadonlyMap<ServerName, Server>;

async function run(asked: string, servers: Servers, probed: readonly Probed[]): Promise<void> {
  const all = [...servers.values(), ...probed.map(({ server }) => server)];
  const backend = asked === 'auto' ? {} : { backend: asked as Backend };
  const agent = await Agent.start({ ports: all.map(({ port }) => port), ...backend });
  await agent.instruments(...all.flatMap(({ pids }) => pids.slice(0, 1)));
  if (probed.length > 0) tell({ seenByProbes: await seenByProbes(agent, probed) });
  tell(await reportOf(agent, asked, servers));
  await agent.stop();
}

async function reportOf(agent: Agent, asked: string, servers: Servers): Promise<BackendReport> {
  for (const { port } of servers.values()) {
    for (const { requests, connections, ...more } of loads) {
      const { errors, lastError } = await load({ port, requests, connections, ...more });
      if (errors > 0) throw new Error(`${errors} requests failed: ${lastError}`);
    }
  }
  for (const { port } of servers.values()) await load({ port, requests: 1, connections: 1, path: last });
  const ports = new Set([...servers.values()].map(({ port }) => port));
  const ofEach = loads.reduce((sum, { requests }) => sum + requests, 1);
  // What only the end of a connection settles comes late. What is missing shows in the counts.
  await agent.spansWhere(({ port }) => ports.has(port), ofEach * servers.size, 5000).catch(() => {});
  const lost = lossesIn(await agent.internalMetrics());
  const spans = [...servers].flatMap(([server, { port }]) => seenOf(agent, server, port));
  const backend = / backend=(\w+)/.exec(agent.log.join('\n'))?.[1] ?? 'none';
  return { asked, backend, spans, lost };
}

function seenOf(agent: Agent, server: ServerName, port: number): Seen[] {
  const counts = new Map<string, number>();
  for (const span of agent.spans) {
    if (span.port !== port || span.path === last) continue;
    const { side, method, path, status, requestBytes, responseBytes } = span;
    const facts = [method, path, status, requestBytes, responseBytes].join(' ');
    const what = side === 'server' ? facts : `${side} ${facts}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => ({ server, what, count }));
}

/** WARN() of the kernel, by us or by others: it taints the kernel, or ends one that was told to end at warnings. */
function kernelWarnings(): string[] {
  return execFileSync('dmesg', { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('WARNING: '));
}

function tell(report: BackendReport | ProbesReport | WarningsReport): void {
  console.log(JSON.stringify(report));
}

const servers = new Map(
  await Promise.all(serverNames.map(async (name): Promise<[ServerName, Server]> => [name, await starts[name]()])),
);
for (const asked of process.argv.slice(2)) {
  const probed = asked === 'auto' ? await startProbed() : [];
  await run(asked, servers, probed);
  await Promise.all(probed.map(({ server }) => server.stop()));
}
for (const server of servers.values()) await server.stop();
tell({ warnings: kernelWarnings() });
process.exit(0);
