import { get } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { prometheusSink } from '../../src/export/prometheus.ts';
import { aggregate } from '../../test/support/aggregate.ts';
import { parseSamples } from '../../test/support/prometheus-text.ts';
import { spansOf } from '../../test/support/spans.ts';
import type { Benchmark } from './benchmark.ts';
import { type Figure, measured } from './figure.ts';

/** What a scrape takes, and for how long it keeps records of the kernel waiting. */
export const scrape: Benchmark = {
  name: 'scrape',
  about: 'a page of 10,000 series: its time, and the longest wait of everything else',
  run: async () => figures(),
};

const wantedSeries = 10_000;
const rounds = 30;

async function figures(): Promise<Figure[]> {
  const { metrics, services, write } = aggregate();
  const sink = prometheusSink({
    application: {
      ...{ port: 0, path: '/metrics', ttlMs: 0, extraResourceAttributes: [], disableBuildInfo: false },
      ...{ metrics, services, native: { maxSize: 100, maxScale: 3 } },
    },
    closeMs: 1_000,
    onFatal: (error) => {
      throw error;
    },
  });
  await sink.start();
  const url = `http://localhost:${sink.ports[0]}/metrics`;
  let paths = 0;
  const grow = (): void => write(spansOf(Array.from({ length: 10 }, () => `/route/${paths++}`)));
  grow();
  while (parseSamples(await page(url, 'text/plain')).length < wantedSeries) grow();
  const results: Figure[] = [];
  for (const [name, accept] of forms) {
    const times: number[] = [];
    const waits: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const startMs = performance.now();
      await page(url, accept);
      times.push(performance.now() - startMs);
      delay.disable();
      waits.push(delay.max / 1e6);
    }
    // the first rounds are the compiler's
    results.push(measured(`${name}, whole page`, 'ms', times.slice(rounds / 2), { agent: 100 }));
    results.push(measured(`${name}, longest wait`, 'ms', waits.slice(rounds / 2), { agent: 25 }));
  }
  await sink.stop();
  return results;
}

const forms = [
  ['text', 'text/plain'],
  ['OpenMetrics', 'application/openmetrics-text'],
  ['protobuf', 'application/vnd.google.protobuf'],
] as const;

/** The reader shares the thread, so that its part is in the figures, too. */
function page(url: string, accept: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { accept } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
      response.on('error', reject);
    }).on('error', reject);
  });
}
