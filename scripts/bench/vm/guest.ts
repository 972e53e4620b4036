// Runs inside the guest of ./run bench vm and prints a line for each measurement: guest.ts SERVER.ARM ...
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtFile, loadAddon } from '../../../src/kernel/addon.ts';
import { Agent } from '../../../test/support/agent.ts';
import { Load, type LoadResult, load } from '../../../test/support/load.ts';
import { lostSpans } from '../../../test/support/losses.ts';
import { loadGenerator, root, routersProgram, sampleServer } from '../../../test/support/programs.ts';
import { sumOf } from '../../../test/support/prometheus-text.ts';
import { seconds } from '../benchmark.ts';
import { cpuNs, memoryOf } from '../process-usage.ts';
import { type Server, startGo, startGoRouter, startNode } from '../servers.ts';
import { startSink } from '../sink.ts';
import {
  type AgentCost,
  type Arm,
  atStart,
  connections,
  type Measured,
  requests,
  rounds,
  settling,
  unwatchedRounds,
} from './protocol.ts';

const servers = { go: startGo, node: startNode } as const;

/** Sleeping costs nothing here, and what settles does so by the guest's clock. */
const settleSeconds = 5;

const generate = ({ port, path }: Server, count: number): Promise<LoadResult> =>
  load({ port, requests: count, connections, path });

/** What the resolver, the loader and Node.js read when a program starts. */
const systemFiles = ['resolv.conf', 'nsswitch.conf', 'hosts', 'localtime', 'machine-id', 'ssl/openssl.cnf'];

/** What is read from the host takes the guest's clock far ahead: all is read before anything is measured. */
function readAhead(): void {
  loadAddon();
  const mapped = readFileSync('/proc/self/maps', 'utf8').match(/\/\S+$/gm) ?? [];
  const built = readdirSync(builtFile('bpf')).map((name) => builtFile(`bpf/${name}`));
  const others = [sampleServer(), loadGenerator(), routersProgram(), builtFile('beyla.cjs'), join(root, 'bin/beyla')];
  const system = systemFiles.map((name) => `/etc/${name}`);
  for (const file of new Set([...mapped, ...built, ...others, ...system])) if (existsSync(file)) readFileSync(file);
}

async function measure(kind: keyof typeof servers, arm: Arm): Promise<Measured> {
  const server = await servers[kind]();
  const sink = arm === 'otlp' ? await startSink() : undefined;
  const watched = arm === 'bare' ? undefined : await watch(server, sink?.env ?? {});
  const first = await round(server, watched);
  await generate(server, settling);
  await seconds(settleSeconds);
  const settled = await several(rounds, () => round(server, watched));
  // A program of its own, for probes are met by whoever runs their file. Often: a client that finds fewer answers when
  // it wakes up pays 2 us more, and which it is going to be for a while is chance.
  const other = await startGoRouter();
  const elsewhere = await several(unwatchedRounds, () => round(other, undefined));
  const agent = watched && (await costOf(watched, first, settled));
  await sink?.stop();
  await server.stop();
  await other.stop();
  return {
    server: kind,
    arm,
    serverUs: settled.map(({ serverUs }) => serverUs),
    clientUs: settled.map(({ clientUs }) => clientUs),
    unwatchedUs: elsewhere.map(({ clientUs }) => clientUs),
    ...(agent && { agent }),
  };
}

/** CPU time a request. */
interface Round {
  readonly serverUs: number;
  readonly clientUs: number;
  readonly agentUs: number;
}

async function several(count: number, measureOnce: () => Promise<Round>): Promise<Round[]> {
  const all: Round[] = [];
  while (all.length < count) all.push(await measureOnce());
  return all;
}

async function round(server: Server, watched: Watched | undefined): Promise<Round> {
  const agentPids = watched === undefined ? [] : [watched.agent.pid];
  const serverBefore = cpuNs(server.pids);
  const agentBefore = cpuNs(agentPids);
  const { errors, cpuUs } = await generate(server, requests);
  if (errors > 0) throw new Error(`${errors} requests of the load failed`);
  const serverUs = perRequest(cpuNs(server.pids) - serverBefore);
  await seconds(settleSeconds);
  return { serverUs, clientUs: cpuUs / requests, agentUs: perRequest(cpuNs(agentPids) - agentBefore) };
}

interface Watched {
  readonly agent: Agent;
  readonly firstG: number;
  readonly readyG: number;
  readonly readyCpuG: number;
  /** Requests that were sent since it captured. */
  readonly captured: number;
}

/** Starts the agent while requests come at a steady rate: those that it does not tell came before it captured. */
async function watch(server: Server, env: Record<string, string>): Promise<Watched> {
  const { port } = server;
  const asked = await Load.prepare({ ...atStart, port, connections: 1, fresh: true, path: '/start' });
  const begin = performance.now();
  const asking = asked.run();
  const agent = await Agent.start({ ports: [port], printer: 'disabled', env });
  const readyG = (performance.now() - begin) / 1000;
  const readyCpuG = cpuNs([agent.pid]) / 1e9;
  await asking;
  await seconds(settleSeconds);
  const captured = seenBy(await agent.metrics());
  return { agent, firstG: (atStart.requests - captured) / atStart.rate, readyG, readyCpuG, captured };
}

async function costOf(watched: Watched, first: Round, settled: readonly Round[]): Promise<AgentCost> {
  const { agent, firstG, readyG, readyCpuG, captured } = watched;
  const { rssMiB, peakMiB } = memoryOf(agent.pid);
  const mapsMiB = mapBytes(agent.pid) / 2 ** 20;
  const [metrics, internal] = await Promise.all([agent.metrics(), agent.internalMetrics()]);
  await agent.stop();
  return {
    backend: / backend=(\w+)/.exec(agent.log.join('\n'))?.[1] ?? '',
    firstAgentUs: first.agentUs,
    agentUs: settled.map(({ agentUs }) => agentUs),
    firstG,
    readyG,
    readyCpuG,
    rssMiB,
    peakMiB,
    mapsMiB,
    sent: captured + settling + (1 + rounds) * requests,
    seen: seenBy(metrics),
    lost: lostSpans(internal),
  };
}

function seenBy(metrics: Awaited<ReturnType<Agent['metrics']>>): number {
  return sumOf(metrics, 'http_server_request_duration_seconds_count');
}

/** What the kernel has set aside for the maps of a process. */
function mapBytes(pid: number): number {
  const maps = new Map<string, number>();
  for (const fd of readdirSync(`/proc/${pid}/fdinfo`)) {
    const info = readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8');
    const field = (name: string) => new RegExp(`^${name}:\\s*(\\d+)$`, 'm').exec(info)?.[1];
    const id = field('map_id');
    if (id !== undefined) maps.set(id, Number(field('memlock')));
  }
  return [...maps.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function perRequest(ns: number): number {
  return ns / 1000 / requests;
}

process.chdir(join(root));
readAhead();
for (const wanted of process.argv.slice(2)) {
  const [server, arm] = wanted.split('.') as [keyof typeof servers, Arm];
  console.log(JSON.stringify(await measure(server, arm)));
}
process.exit(0);
