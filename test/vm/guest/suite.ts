// Runs in a guest: real servers under every backend that the kernel takes, and a line of JSON about each.
//   suite.ts [BACKEND ...]      only these
import { execFileSync } from 'node:child_process';
import { type Server, startGo, startNginx, startNode } from '../../../scripts/bench/servers.ts';
import { loadAddon } from '../../../src/kernel/addon.ts';
import { type Backend, backends } from '../../../src/kernel/capture.ts';
import { tryObjects } from '../../../src/kernel/trial.ts';
import { Agent } from '../../support/agent.ts';
import { freePorts } from '../../support/free-ports.ts';
import { load } from '../../support/load.ts';
import { kernelCount, lostSpans } from '../../support/losses.ts';
import { Child } from '../../support/processes.ts';
import { pythonProgram, serverScript } from '../../support/programs.ts';
import { listening } from '../../support/sample-server.ts';
import {
  type BackendReport,
  type ChoiceReport,
  loads,
  type Seen,
  type ServerName,
  serverNames,
  type WarningsReport,
} from '../loads.ts';

const starts: Record<ServerName, () => Promise<Server>> = {
  go: startGo,
  node: startNode,
  python: startPython,
  nginx: startNginx,
};
/** Asked of each server at the end: records come in their order, so behind the span of this one there is none of those before. */
const last = '/last';

async function startPython(): Promise<Server> {
  const [port = 0] = await freePorts(1);
  const child = new Child(pythonProgram(), [serverScript('answers.py'), String(port)], { name: 'python' });
  await listening(child, port);
  return { port, path: '/bench', isTls: false, pids: [child.pid], stop: async () => void (await child.stop()) };
}

async function reportOf(backend: Backend, servers: ReadonlyMap<ServerName, Server>): Promise<BackendReport> {
  const agent = await Agent.start({ ports: [...servers.values()].map(({ port }) => port), backend });
  await agent.instruments(...[...servers.values()].flatMap(({ pids }) => pids.slice(0, 1)));
  for (const { port } of servers.values()) {
    for (const { requests, connections, ...more } of loads) {
      const { errors, lastError } = await load({ port, requests, connections, ...more });
      if (errors > 0) throw new Error(`${errors} requests failed: ${lastError}`);
    }
  }
  for (const { port } of servers.values()) await load({ port, requests: 1, connections: 1, path: last });
  // What is missing shows in the counts.
  await agent.spansWhere(({ path }) => path === last, servers.size, 5000).catch(() => {});
  const figures = await agent.internalMetrics();
  const lost = lostSpans(figures) + kernelCount(figures, 'lostBusyProgram');
  const spans = [...servers].flatMap(([server, { port }]) => seenOf(agent, server, port));
  await agent.stop();
  return { backend, spans, lost };
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

async function chosenBackend(port: number): Promise<string> {
  const agent = await Agent.start({ ports: [port] });
  await agent.stop();
  return / backend=(\w+)/.exec(agent.log.join('\n'))?.[1] ?? 'none';
}

/** WARN() of the kernel, by us or by others: it taints the kernel, or ends one that was told to end at warnings. */
function kernelWarnings(): string[] {
  return execFileSync('dmesg', { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('WARNING: '));
}

function tell(report: BackendReport | ChoiceReport | WarningsReport): void {
  console.log(JSON.stringify(report));
}

const possible = tryObjects(loadAddon()).flatMap(({ name, is }) =>
  backends.filter((one) => is === 'taken' && one === name),
);
const servers = new Map<ServerName, Server>();
for (const name of serverNames) servers.set(name, await starts[name]());
tell({ chosen: await chosenBackend(servers.get('go')?.port ?? 0), possible });
const wanted = process.argv.slice(2);
for (const backend of possible.filter((one) => wanted.length === 0 || wanted.includes(one)))
  tell(await reportOf(backend, servers));
for (const server of servers.values()) await server.stop();
tell({ warnings: kernelWarnings() });
process.exit(0);
