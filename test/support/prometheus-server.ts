import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './free-ports.ts';
import { Child } from './processes.ts';
import { until } from './until.ts';

export interface QueriedSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [atSeconds: number, value: string];
}

/** A server that answers PromQL. */
export interface PromServer {
  readonly url: string;
  /** The answer; empty while the server is not there yet. */
  query(expression: string): Promise<readonly QueriedSample[]>;
  /** Waits until the expression has that value. */
  reaches(expression: string, wanted: number): Promise<void>;
  stop(): Promise<void>;
}

export interface PrometheusOptions {
  readonly scrapes: readonly unknown[];
  readonly hasNativeHistograms?: boolean;
}

/** A real Prometheus that scrapes each second, and takes remote write. */
export async function startPrometheus({ scrapes, hasNativeHistograms }: PrometheusOptions): Promise<PromServer> {
  const folder = mkdtempSync(join(tmpdir(), 'beyla-prometheus-'));
  const file = join(folder, 'prometheus.yml');
  const [port] = await freePorts(1);
  const config = { global: { scrape_interval: '1s', scrape_timeout: '1s' }, scrape_configs: scrapes };
  // JSON is YAML
  writeFileSync(file, JSON.stringify(config));
  const features = ['exemplar-storage', ...(hasNativeHistograms ? ['native-histograms'] : [])];
  const child = new Child('prometheus', [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-remote-write-receiver',
    `--enable-feature=${features.join(',')}`,
  ]);
  return promServer(`http://127.0.0.1:${port}`, child, folder);
}

/** Of a process that has just been started and keeps its data in a folder of its own. */
export function promServer(url: string, child: Child, folder: string): PromServer {
  const query = async (expression: string): Promise<readonly QueriedSample[]> => {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`).catch(() => undefined);
    if (response === undefined || !response.ok) return [];
    const { data } = (await response.json()) as { data: { result: QueriedSample[] } };
    return data.result;
  };
  return {
    url,
    query,
    async reaches(expression, wanted) {
      let last = Number.NaN;
      const isThere = async (): Promise<boolean> => {
        last = Number((await query(expression))[0]?.value[1] ?? Number.NaN);
        return Math.abs(last - wanted) < 1e-9;
      };
      await until(isThere, {
        withinMs: 30_000,
        what: () => `${expression} to be ${wanted}, not ${last}\n${child.tail()}`,
      });
    },
    async stop() {
      await child.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
