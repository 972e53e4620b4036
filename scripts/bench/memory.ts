import { Agent } from '../../test/support/agent.ts';
import { load } from '../../test/support/load.ts';
import { lostSpans } from '../../test/support/losses.ts';
import { sumOf } from '../../test/support/prometheus-text.ts';
import { type Benchmark, placement, type Settings, seconds } from './benchmark.ts';
import { type Figure, measured } from './figure.ts';
import { memoryOf } from './process-usage.ts';
import { startGo } from './servers.ts';

const batches = 10;
/** Of each batch, a second of the settings: a million requests in all with the usual five seconds. */
const requestsPerSecond = 20_000;

export const memory: Benchmark = {
  name: 'memory',
  about: 'resident memory over a million requests, every one with a path of its own',
  run,
};

async function run(settings: Settings): Promise<Figure[]> {
  const server = await startGo();
  const batch = requestsPerSecond * settings.seconds;
  const rssMiB: number[] = [];
  try {
    const agent = await Agent.start({
      ports: [server.port],
      printer: 'disabled',
      cpus: placement().others,
      ...(settings.backend !== undefined && { backend: settings.backend }),
    });
    await agent.instruments(...server.pids);
    const startPeak = memoryOf(agent.pid).peakMiB;
    for (let i = 1; i <= batches; i++) {
      settings.progress(`memory: ${(i - 1) * batch} of ${batches * batch} requests`);
      await load({ port: server.port, requests: batch, connections: 50, path: '/item/%d', limitS: 300 });
      await seconds(1);
      rssMiB.push(memoryOf(agent.pid).rssMiB);
    }
    const [metrics, internal] = await Promise.all([agent.metrics(), agent.internalMetrics()]);
    const seen = sumOf(metrics, 'http_server_request_duration_seconds_count');
    const { peakMiB } = memoryOf(agent.pid);
    await agent.stop();
    const second = rssMiB.slice(batches / 2);
    return [
      measured('requests', '', [batches * batch]),
      measured('requests seen', '', [seen]),
      measured('spans lost', '', [lostSpans(internal)], { agent: 0 }),
      measured('agent RSS, peak at start', 'MiB', [startPeak], { agent: 120 }),
      measured('agent RSS after the first tenth', 'MiB', rssMiB.slice(0, 1)),
      measured('agent RSS at the end', 'MiB', rssMiB.slice(-1), { agent: 90 }),
      measured('agent RSS, peak', 'MiB', [peakMiB], { agent: 120 }),
      measured('growth over the second half', 'MiB', [(second.at(-1) ?? 0) - (second[0] ?? 0)], { agent: 3 }),
    ];
  } finally {
    await server.stop();
  }
}
