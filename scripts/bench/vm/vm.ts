import { join } from 'node:path';
import { loadGenerator, root, routersProgram, sampleServer } from '../../../test/support/programs.ts';
import { runInGuest } from '../../vm/guest.ts';
import type { Benchmark, Settings } from '../benchmark.ts';
import { compared, type Figure, measured } from '../figure.ts';
import { mean, quantile } from '../statistics.ts';
import { arms, connections, type Measured, requests, rounds, settling } from './protocol.ts';

export const vm: Benchmark = {
  name: 'vm',
  about: `${rounds} times ${requests} requests on ${connections} connections, after ${settling}, in a guest that counts instructions: 1 us = 1,000`,
  isOnDemand: true,
  run,
};

const servers = { go: 'Go', node: 'Node' } as const;
const labels = { prometheus: 'Prometheus', otlp: 'Prometheus and OTLP traces' } as const;
const agentBarUs = { prometheus: 12, otlp: 35 } as const;

async function run(settings: Settings): Promise<Figure[]> {
  // Here, because the guest would build them for itself alone.
  sampleServer();
  loadGenerator();
  routersProgram();
  const found: Figure[] = [];
  for (const server of Object.keys(servers) as (keyof typeof servers)[]) {
    found.push(...figures(await measureAll(server, settings), server));
  }
  return found;
}

/** A guest a server: a slow machine then loses less by one that does not end in time. */
async function measureAll(server: keyof typeof servers, { kernel, backend, progress }: Settings): Promise<Measured[]> {
  progress(`vm: booting kernel ${kernel} and counting`);
  const lines: string[] = [];
  let open = '';
  const status = await runInGuest({
    kernel,
    command: [process.execPath, join(root, 'scripts/bench/vm/guest.ts'), ...arms.map((arm) => `${server}.${arm}`)],
    isCounting: true,
    memoryMiB: 3072,
    limitS: 900,
    env: { TEST_PATIENCE: '20', ...(backend !== undefined && { BEYLA_BPF_CAPTURE_BACKEND: backend }) },
    onOutput: (bytes) => {
      const parts = (open + bytes.toString()).split('\n');
      open = parts.pop() ?? '';
      for (const line of parts) {
        lines.push(line);
        progress(`vm: ${line}`);
      }
    },
    onAgain: () => {
      lines.length = 0;
      open = '';
    },
  });
  if (status !== 0) throw new Error(`the guest's part ended with ${status}`);
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Measured);
}

function figures(all: readonly Measured[], server: keyof typeof servers): Figure[] {
  const of = (arm: string) => all.find((one) => one.server === server && one.arm === arm);
  const bare = of('bare');
  if (bare === undefined) return [];
  return (['prometheus', 'otlp'] as const).flatMap((arm) => {
    const one = of(arm);
    if (one?.agent === undefined) return [];
    const { agent } = one;
    const name = (what: string) => `${servers[server]}, ${labels[arm]}: ${what}`;
    return [
      compared(name('server CPU'), 'us/request', bare.serverUs, one.serverUs),
      measured(name('added server CPU'), 'us/request', added(one.serverUs, bare.serverUs), { agent: 25 }),
      measured(name('agent CPU'), 'us/request', agent.agentUs, { agent: agentBarUs[arm] }),
      measured(name('agent CPU, mean of the rounds'), 'us/request', [mean(agent.agentUs)]),
      measured(name(`agent CPU, the first ${requests}`), 'us/request', [agent.firstAgentUs]),
      measured(
        name('added CPU of a process not selected'),
        'us/request',
        [quantile(one.unwatchedUs, 0.25) - quantile(bare.unwatchedUs, 0.25)],
        { agent: 2 },
      ),
      measured(name('added CPU of the client'), 'us/request', added(one.clientUs, bare.clientUs)),
      measured(name('exec to first request captured'), 'G instructions', [agent.firstG], { agent: 2.5 }),
      measured(name('exec to ready'), 'G instructions', [agent.readyG]),
      measured(name('agent CPU of that'), 'G instructions', [agent.readyCpuG]),
      measured(name('agent RSS after the load'), 'MiB', [agent.rssMiB], { agent: 90 }),
      measured(name('agent RSS, peak'), 'MiB', [agent.peakMiB]),
      measured(name('BPF maps'), 'MiB', [agent.mapsMiB], { agent: 64 }),
      measured(name('requests seen / sent'), '', [agent.seen / agent.sent]),
      measured(name('spans lost'), '', [agent.lost], { agent: 0 }),
    ];
  });
}

function added(withAgent: readonly number[], bare: readonly number[]): number[] {
  return withAgent.map((value, i) => value - (bare[i] ?? Number.NaN));
}
