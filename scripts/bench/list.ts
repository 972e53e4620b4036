import { freePorts } from '../../test/support/free-ports.ts';
import { Child } from '../../test/support/processes.ts';
import { serverScript } from '../../test/support/programs.ts';
import { type Benchmark, placement } from './benchmark.ts';
import { bystander } from './bystander.ts';
import { httpBenchmark } from './http.ts';
import { memory } from './memory.ts';
import { startGo, startNginx, startNode } from './servers.ts';
import { start } from './start.ts';
import { telemetry } from './telemetry.ts';

const go = { start: startGo, rate: 4000, cpuBar: 1.2 };

/** In the order in which they run when none is named. */
export const benchmarks: readonly Benchmark[] = [
  httpBenchmark({ name: 'go', about: 'Go net/http, Prometheus only', ...go, agentCpuBarUs: 10 }),
  httpBenchmark({
    name: 'node',
    about: 'Node http, Prometheus only',
    start: startNode,
    rate: 2000,
    cpuBar: 1.2,
    agentCpuBarUs: 10,
  }),
  httpBenchmark({
    name: 'nginx',
    about: 'nginx, Prometheus only',
    start: startNginx,
    rate: 4000,
    cpuBar: 1.35,
    agentCpuBarUs: 10,
  }),
  httpBenchmark({
    name: 'otlp',
    about: 'Go net/http, Prometheus and OTLP traces of every request',
    ...go,
    agentCpuBarUs: 25,
    beside: startSink,
  }),
  bystander,
  start,
  memory,
  telemetry,
];

async function startSink(): Promise<{ env: Record<string, string>; stop: () => Promise<void> }> {
  const [port = 0] = await freePorts(1);
  const sink = new Child(process.execPath, [serverScript('otlp_sink.mjs'), String(port)], {
    cpus: placement().others,
    name: 'the OTLP sink',
  });
  await sink.line(/listening/);
  return {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
    stop: async () => {
      sink.write('');
      const posts = await sink.line(/^\{/);
      await sink.stop();
      if (!posts.includes('/v1/traces')) throw new Error(`no traces came to the OTLP sink, only ${posts}`);
    },
  };
}
