import { Agent } from '../../test/support/agent.ts';
import { lostSpans } from '../../test/support/losses.ts';
import { sumOf } from '../../test/support/prometheus-text.ts';
import { type Benchmark, placement, type Settings, seconds } from './benchmark.ts';
import { compared, type Figure, measured } from './figure.ts';
import { fullLoad, type Loaded, steadyLoad } from './loads.ts';
import { cpuNs, memoryOf } from './process-usage.ts';
import type { Server } from './servers.ts';

export interface HttpBenchmark {
  readonly name: string;
  readonly about: string;
  readonly start: () => Promise<Server>;
  /** Requests a second of the steady load. */
  readonly rate: number;
  /** Server CPU with agent / without. */
  readonly cpuBar: number;
  readonly agentCpuBarUs: number;
  /** More of the agent's environment, and what runs beside it. */
  readonly beside?: () => Promise<{ env: Record<string, string>; stop: () => Promise<void> }>;
}

/** One load and what it cost, in us of CPU a request. */
interface Measured {
  readonly load: Loaded;
  readonly serverUs: number;
  readonly agentUs: number;
}

interface Arm {
  /** The agent's first load: its code is compiled meanwhile. Nothing to compare with where there is no agent. */
  readonly first?: Measured;
  readonly steady: Measured;
  readonly full: Measured;
}

interface AgentFacts {
  readonly startPeakMiB: number;
  readonly rssMiB: number;
  readonly sent: number;
  readonly seen: number;
  readonly lost: number;
}

/** By then the code of a new agent is compiled, however slowly they come. */
const firstRequests = 20_000;
/** How long the agent may take to work off what came last; part of what it costs. */
const settleSeconds = 0.5;

/** The same server under the same loads, bare and instrumented in turn. */
export function httpBenchmark(bench: HttpBenchmark): Benchmark {
  return { name: bench.name, about: bench.about, run: (settings) => run(bench, settings) };
}

async function run(bench: HttpBenchmark, settings: Settings): Promise<Figure[]> {
  const server = await bench.start();
  const beside = await bench.beside?.();
  try {
    settings.progress(`${bench.name}: warming up`);
    await fullLoad(server, Math.min(3, settings.seconds));
    const bare: Arm[] = [];
    const instrumented: Arm[] = [];
    const facts: AgentFacts[] = [];
    for (let pair = 1; pair <= settings.pairs; pair++) {
      settings.progress(`${bench.name}: pair ${pair} of ${settings.pairs}, bare`);
      bare.push(await arm(server, bench.rate, settings.seconds));
      settings.progress(`${bench.name}: pair ${pair} of ${settings.pairs}, with the agent`);
      const agent = await startAgent(server, settings, beside?.env ?? {});
      const startPeakMiB = memoryOf(agent.pid).peakMiB;
      const one = await arm(server, bench.rate, settings.seconds, agent);
      instrumented.push(one);
      facts.push(await factsOf(agent, startPeakMiB, one));
      await agent.stop();
    }
    return figures(bench, bare, instrumented, facts);
  } finally {
    await beside?.stop();
    await server.stop();
  }
}

async function startAgent(server: Server, settings: Settings, env: Record<string, string>): Promise<Agent> {
  const agent = await Agent.start({
    ports: [server.port],
    printer: 'disabled',
    cpus: placement().others,
    env,
    ...(settings.backend !== undefined && { backend: settings.backend }),
  });
  await agent.instruments(...server.pids.slice(0, 1)); // its workers are told of in the debug log only
  return agent;
}

async function arm(server: Server, rate: number, forSeconds: number, agent?: Agent): Promise<Arm> {
  const load = (duration: number) => measure(server, () => steadyLoad(server, duration, rate), agent);
  return {
    ...(agent !== undefined && { first: await load(firstRequests / rate) }),
    steady: await load(forSeconds),
    full: await measure(server, () => fullLoad(server, forSeconds), agent),
  };
}

async function measure(server: Server, run: () => Promise<Loaded>, agent?: Agent): Promise<Measured> {
  const agentPids = agent === undefined ? [] : [agent.pid];
  const serverBefore = cpuNs(server.pids);
  const agentBefore = cpuNs(agentPids);
  const load = await run();
  if (load.errors > 0) throw new Error(`${load.errors} requests of the load failed`);
  const serverNs = cpuNs(server.pids) - serverBefore;
  await seconds(settleSeconds);
  const agentNs = cpuNs(agentPids) - agentBefore;
  return { load, serverUs: serverNs / 1000 / load.requests, agentUs: agentNs / 1000 / load.requests };
}

async function factsOf(agent: Agent, startPeakMiB: number, { first, steady, full }: Arm): Promise<AgentFacts> {
  const { rssMiB } = memoryOf(agent.pid);
  const [metrics, internal] = await Promise.all([agent.metrics(), agent.internalMetrics()]);
  return {
    startPeakMiB,
    rssMiB,
    sent: (first?.load.requests ?? 0) + steady.load.requests + full.load.requests,
    seen: sumOf(metrics, 'http_server_request_duration_seconds_count'),
    lost: lostSpans(internal),
  };
}

function figures(bench: HttpBenchmark, bare: Arm[], agent: Arm[], facts: AgentFacts[]): Figure[] {
  const both = (what: string, unit: string, of: (arm: Arm) => number, bar?: { ratio: number }) =>
    compared(what, unit, bare.map(of), agent.map(of), bar);
  const rateOf = ({ full: { load } }: Arm) => load.requests / load.seconds;
  return [
    both(`server CPU, ${bench.rate}/s`, 'us/request', (arm) => arm.steady.serverUs, { ratio: bench.cpuBar }),
    both('server CPU, full load', 'us/request', (arm) => arm.full.serverUs),
    both('throughput, full load', 'requests/s', rateOf),
    both(`p50, ${bench.rate}/s`, 'us', (arm) => arm.steady.load.p50Us),
    both(`p99, ${bench.rate}/s`, 'us', (arm) => arm.steady.load.p99Us),
    both('p50, full load', 'us', (arm) => arm.full.load.p50Us),
    both('p99, full load', 'us', (arm) => arm.full.load.p99Us),
    measured(
      `agent CPU, ${bench.rate}/s`,
      'us/request',
      agent.map((arm) => arm.steady.agentUs),
      {
        agent: bench.agentCpuBarUs,
      },
    ),
    measured(
      `agent CPU, its first ${firstRequests / 1000},000`,
      'us/request',
      agent.map((arm) => arm.first?.agentUs ?? Number.NaN),
    ),
    measured(
      'agent CPU, full load',
      'us/request',
      agent.map((arm) => arm.full.agentUs),
    ),
    measured(
      'agent RSS, peak at start',
      'MiB',
      facts.map((fact) => fact.startPeakMiB),
      { agent: 120 },
    ),
    measured(
      'agent RSS after the load',
      'MiB',
      facts.map((fact) => fact.rssMiB),
      { agent: 90 },
    ),
    // wrk does not count what is on its way when it stops: at most one a connection
    measured(
      'requests seen / sent',
      '',
      facts.map((fact) => fact.seen / fact.sent),
    ),
    measured(
      'spans lost',
      '',
      facts.map((fact) => fact.lost),
      { agent: 0 },
    ),
  ];
}
