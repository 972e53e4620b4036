import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './free-ports.ts';
import { buildGoProgram } from './go-program.ts';
import { Child } from './processes.ts';
import { type PromServer, promServer } from './prometheus-server.ts';
import { until } from './until.ts';

const root = new URL('../..', import.meta.url).pathname;
const binary = join(root, 'build/test/victoria-metrics');

export function buildVictoriaMetrics(): Promise<void> {
  return buildGoProgram('victoria-metrics', 'github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics');
}

/** A real VictoriaMetrics, which takes OTLP at `/opentelemetry/v1/metrics`. */
export async function startVictoriaMetrics(): Promise<PromServer> {
  const folder = mkdtempSync(join(tmpdir(), 'beyla-victoria-'));
  const [port] = await freePorts(1);
  const child = new Child(binary, [
    `-storageDataPath=${join(folder, 'data')}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    '-opentelemetry.usePrometheusNaming',
    // what was pushed this second can be asked for at once
    '-search.latencyOffset=0s',
    '-search.disableCache',
  ]);
  const url = `http://127.0.0.1:${port}`;
  const isReady = async () => (await fetch(`${url}/health`).catch(() => undefined))?.ok ?? false;
  await until(isReady, { withinMs: 30_000, what: () => `VictoriaMetrics to be ready\n${child.tail()}` });
  return promServer(url, child, folder);
}
