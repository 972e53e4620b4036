// ./run bench: what the agent costs, measured against the same load without it.
import { parseArgs } from 'node:util';
import { type Backend, backends } from '../../src/kernel/capture.ts';
import { kernels } from '../vm/guest.ts';
import type { Benchmark, Settings } from './benchmark.ts';
import { benchmarks } from './list.ts';
import { jsonOf, type Result, tableOf } from './report.ts';

const usage = `Usage: ./run bench [NAME ...] [--json] [--pairs N] [--seconds N] [--backend B] [--kernel K]

  --json       print the figures as JSON instead of tables
  --pairs N    measurements without and with the agent, in turn; 5 without it
  --seconds N  of each load; 5 without it
  --backend B  capture backend: ${backends.join(', ')}; the agent's own choice without it
  --kernel K   of the guest of the benchmark vm: ${kernels.join(', ')}; 6.12 without it

${benchmarks.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join('\n')}`;

const highest = { pairs: 100, seconds: 120 };

interface Order {
  readonly chosen: readonly Benchmark[];
  readonly settings: Settings;
  readonly json: boolean;
}

function order(args: string[]): Order {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      help: { type: 'boolean' },
      json: { type: 'boolean' },
      pairs: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      backend: { type: 'string' },
      kernel: { type: 'string', default: '6.12' },
    },
  });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  for (const name of positionals)
    if (!benchmarks.some((one) => one.name === name)) throw new Error(`No benchmark ${name}`);
  if (values.backend !== undefined && !backends.some((one) => one === values.backend)) {
    throw new Error(`No backend ${values.backend}`);
  }
  if (!kernels.includes(values.kernel)) throw new Error(`No kernel ${values.kernel}`);
  return {
    chosen: benchmarks.filter(({ name, isOnDemand }) =>
      positionals.length === 0 ? !isOnDemand : positionals.includes(name),
    ),
    json: values.json ?? false,
    settings: {
      pairs: countOf('pairs', values.pairs),
      seconds: countOf('seconds', values.seconds),
      backend: values.backend as Backend | undefined,
      kernel: values.kernel,
      progress: (text) => console.error(text),
    },
  };
}

function countOf(name: keyof typeof highest, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > highest[name]) {
    throw new Error(`--${name} takes a number from 1 to ${highest[name]}`);
  }
  return value;
}

async function main({ chosen, settings, json }: Order): Promise<void> {
  const results: Result[] = [];
  for (const { name, about, run } of chosen) {
    const result = { name, about, figures: await run(settings) };
    results.push(result);
    if (!json) console.log(tableOf(result));
  }
  if (json) console.log(jsonOf(results, settings));
}

// Ctrl-C ends the loads and the agent too: see processes.ts.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

let wanted: Order;
try {
  wanted = order(process.argv.slice(2));
} catch (error) {
  console.error(`${(error as Error).message}\n\n${usage}`);
  process.exit(2);
}
await main(wanted);
