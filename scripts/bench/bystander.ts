import { Agent } from '../../test/support/agent.ts';
import { Child } from '../../test/support/processes.ts';
import { cProgram } from '../../test/support/programs.ts';
import { type Benchmark, placement, type Settings } from './benchmark.ts';
import { compared, type Figure } from './figure.ts';
import { startGo } from './servers.ts';

/** Calls a second of the time that a measurement takes, roughly. */
const calls = [
  { name: 'getppid', what: 'getppid', perSecond: 5_000_000 },
  { name: 'write', what: 'write of 1 byte to /dev/null', perSecond: 4_000_000 },
  { name: 'tcp', what: '1 byte over loopback TCP', perSecond: 140_000 },
] as const;

/** Each measurement is the fastest of this many short ones: the loop does the same each time, and what disturbs it only adds. */
const repeats = 25;

export const bystander: Benchmark = {
  name: 'bystander',
  about: 'a process that is not instrumented, while another one is',
  run,
};

async function run(settings: Settings): Promise<Figure[]> {
  const server = await startGo();
  const bare = new Map<string, number[]>();
  const instrumented = new Map<string, number[]>();
  try {
    for (let pair = 1; pair <= settings.pairs; pair++) {
      settings.progress(`bystander: pair ${pair} of ${settings.pairs}, bare`);
      await measureAll(bare, settings);
      settings.progress(`bystander: pair ${pair} of ${settings.pairs}, with the agent`);
      const agent = await Agent.start({
        ports: [server.port],
        printer: 'disabled',
        cpus: placement().others,
        ...(settings.backend !== undefined && { backend: settings.backend }),
      });
      await agent.instruments(...server.pids);
      await measureAll(instrumented, settings);
      await agent.stop();
    }
  } finally {
    await server.stop();
  }
  return calls.map(({ name, what }) =>
    compared(what, 'ns/call', bare.get(name) ?? [], instrumented.get(name) ?? [], { ratio: 1.03 }),
  );
}

async function measureAll(into: Map<string, number[]>, settings: Settings): Promise<void> {
  for (const { name, perSecond } of calls) {
    const count = Math.round((perSecond * settings.seconds) / repeats);
    const values: number[] = [];
    for (let i = 0; i < repeats; i++) values.push(await nsPerCall(name, count));
    into.set(name, [...(into.get(name) ?? []), Math.min(...values)]);
  }
}

async function nsPerCall(name: string, count: number): Promise<number> {
  const child = new Child(cProgram('bystander'), [name, String(count)], { cpus: placement().server });
  const line = await child.line(/^\d/, 60_000);
  await child.end();
  return Number(line);
}
