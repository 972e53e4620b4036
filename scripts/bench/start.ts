import { Agent } from '../../test/support/agent.ts';
import { load } from '../../test/support/load.ts';
import type { Benchmark, Settings } from './benchmark.ts';
import { type Figure, measured } from './figure.ts';
import { memoryOf } from './process-usage.ts';
import { startGo } from './servers.ts';

export const start: Benchmark = {
  name: 'start',
  about: 'from exec to the first request that is seen',
  run,
};

async function run(settings: Settings): Promise<Figure[]> {
  const server = await startGo();
  const readyMs: number[] = [];
  const peakMiB: number[] = [];
  let unseen = 0;
  try {
    for (let i = 1; i <= settings.pairs * 2; i++) {
      settings.progress(`start: ${i} of ${settings.pairs * 2}`);
      const agent = await Agent.start({
        ports: [server.port],
        ...(settings.backend !== undefined && { backend: settings.backend }),
      });
      readyMs.push(agent.readyMs);
      // "ready" is a promise: the next request is seen.
      await load({ port: server.port, requests: 1, connections: 1, path: '/right-away' });
      await agent.spansWhere(({ path }) => path === '/right-away', 1, 3000).catch(() => unseen++);
      peakMiB.push(memoryOf(agent.pid).peakMiB);
      await agent.stop();
    }
  } finally {
    await server.stop();
  }
  return [
    measured('exec to ready', 'ms', readyMs, { agent: 1500 }),
    measured('exec to ready, slowest', 'ms', [Math.max(...readyMs)]),
    measured('agent RSS, peak', 'MiB', peakMiB, { agent: 120 }),
    measured('first requests not seen', '', [unseen], { agent: 0 }),
  ];
}
