import { join } from 'node:path';
import { isFree } from '../../test/support/free-ports.ts';
import { Child } from '../../test/support/processes.ts';
import { root, sampleServer } from '../../test/support/programs.ts';
import { type Sample, scrape } from '../../test/support/prometheus-text.ts';
import { startSampleServer } from '../../test/support/sample-server.ts';
import { type GentleLoad, startGentleLoad } from './gentle-load.ts';
import type { DemoOptions } from './options.ts';
import { type RedRow, redRows, redTable, requestsIn } from './red-table.ts';

const tableEveryS = 5;
/** How long the agent may take to count what was answered last. */
const settleMs = 3000;

/** Returns the exit code: 0 when requests were seen, 1 when none was or something could not be started. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const problem = await obstacle(options);
  if (problem !== undefined) {
    console.error(problem);
    return 1;
  }
  const stop = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  const started: Child[] = [];
  try {
    return await show(options, stop, started);
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  } finally {
    await Promise.all(started.map((child) => child.stop()));
  }
}

async function obstacle({ port, metricsPort }: DemoOptions): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'The agent loads programs into the kernel: run this as root.';
  if (!(await isFree(port))) return `Port ${port} is taken by another program. End it, or choose another with --port.`;
  if (!(await isFree(metricsPort))) return `Port ${metricsPort} is taken. Choose another with --metrics-port.`;
  return undefined;
}

async function show(options: DemoOptions, stop: Promise<void>, started: Child[]): Promise<number> {
  const metricsUrl = `http://localhost:${options.metricsPort}/metrics`;
  console.log('Building the sample server, the first time takes a while ...');
  sampleServer();
  const server = await startSampleServer(options.port, { ownGroup: true });
  started.push(server);
  console.log(`The sample server (pid ${server.pid}) listens on http://localhost:${options.port}`);
  console.log('Starting the agent ...');
  const agent = startAgent(options);
  started.push(agent);
  await agent.line(/msg="?ready/, 30_000);
  await agent.line(/msg="instrumenting process"/, 30_000);
  console.log(`The agent (pid ${agent.pid}) instruments it; metrics are at ${metricsUrl}`);
  console.log(`Try: curl -i "http://localhost:${options.port}/foo?status=404"   Ctrl-C ends everything.\n`);

  const gone = agent.exited.then((exit) => {
    throw new Error(`The agent ended by itself (${exit}):\n${agent.tail()}`);
  });
  gone.catch(() => {});
  const first = await scrape(metricsUrl);
  const load = startGentleLoad(options.port);
  const beginMs = performance.now();
  const watch = watchTables(metricsUrl, first);
  try {
    await Promise.race([stop, gone, later(options.seconds)]);
  } finally {
    watch.stop();
    await load.stop();
  }
  return verdict(await settled(metricsUrl, first, load), load, (performance.now() - beginMs) / 1000);
}

function startAgent({ port, metricsPort }: DemoOptions): Child {
  return new Child(join(root, 'bin/beyla'), [], {
    name: 'the agent',
    ownGroup: true,
    env: { BEYLA_OPEN_PORT: String(port), BEYLA_TRACE_PRINTER: 'text', BEYLA_PROMETHEUS_PORT: String(metricsPort) },
    onLine: (line) => {
      const isLog = line.startsWith('time=');
      if (!isLog || / level=(WARN|ERROR)/.test(line)) console.log(line);
    },
  });
}

/** Prints what happened since the last table, again and again. */
function watchTables(metricsUrl: string, first: readonly Sample[]): { stop(): void } {
  let last = first;
  let lastMs = performance.now();
  const timer = setInterval(async () => {
    try {
      const now = await scrape(metricsUrl);
      const nowMs = performance.now();
      const seconds = (nowMs - lastMs) / 1000;
      console.log(
        `\nThe last ${seconds.toFixed(0)} s, from ${metricsUrl}:\n${redTable(redRows(last, now), seconds)}\n`,
      );
      last = now;
      lastMs = nowMs;
    } catch (error) {
      console.error(`${metricsUrl} does not answer: ${(error as Error).message}`);
    }
  }, tableEveryS * 1000);
  return { stop: () => clearInterval(timer) };
}

/** All of the run, as soon as the agent has counted everything that was answered. */
async function settled(metricsUrl: string, first: readonly Sample[], load: GentleLoad): Promise<RedRow[]> {
  const deadline = performance.now() + settleMs;
  for (;;) {
    const rows = redRows(first, await scrape(metricsUrl));
    if (requestsIn(rows) >= load.answered || performance.now() > deadline) return rows;
    await later(0.05);
  }
}

function verdict(rows: readonly RedRow[], load: GentleLoad, seconds: number): number {
  const seen = requestsIn(rows);
  if (seen === 0) {
    console.error(`The load had ${load.answered} requests answered and the agent saw none of them.`);
    return 1;
  }
  console.log(`\nAll ${seconds.toFixed(0)} s:\n${redTable(rows, seconds)}\n`);
  console.log(`${load.answered} requests of the load were answered, the agent counted ${seen}.`);
  return 0;
}

/** Never, when there is no number. */
function later(seconds: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (seconds !== undefined) setTimeout(resolve, seconds * 1000);
  });
}
