import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './free-ports.ts';
import { buildGoProgram } from './go-program.ts';
import { Child } from './processes.ts';
import { until } from './until.ts';

const root = new URL('../..', import.meta.url).pathname;
export const collectorBinary = join(root, 'build/test/collector');

export function buildCollector(): Promise<void> {
  return buildGoProgram('collector', '.');
}

export interface CollectorOptions {
  /** Receives what the Collector understood, as OTLP in JSON. */
  readonly otlpUrl: string;
  /** Where metrics also go as remote write, with the labels that mark them. */
  readonly remoteWrite?: { readonly url: string; readonly labels: Readonly<Record<string, string>> };
}

export interface Collector {
  readonly grpcUrl: string;
  readonly httpUrl: string;
  /** It is killed, without a chance to say good-bye. */
  kill(): Promise<void>;
  /** Starts it again, on the same ports. */
  start(): Promise<void>;
  remove(): Promise<void>;
  tail(): string;
}

/** A real OpenTelemetry Collector. */
export async function startCollector({ otlpUrl, remoteWrite }: CollectorOptions): Promise<Collector> {
  const folder = mkdtempSync(join(tmpdir(), 'beyla-collector-'));
  const [grpc, http] = await freePorts(2);
  // at once: the tests wait for nothing
  const atOnce = { sending_queue: { enabled: false }, retry_on_failure: { enabled: false } };
  const exporters = {
    otlp_http: { endpoint: otlpUrl, encoding: 'json', compression: 'none', ...atOnce },
    ...(remoteWrite && {
      prometheusremotewrite: {
        endpoint: remoteWrite.url,
        external_labels: remoteWrite.labels,
        remote_write_queue: { enabled: false },
        retry_on_failure: { enabled: false },
      },
    }),
  };
  const pipeline = { receivers: ['otlp'], exporters: ['otlp_http'] };
  const config = {
    receivers: {
      otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${grpc}` }, http: { endpoint: `127.0.0.1:${http}` } } },
    },
    exporters,
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { traces: pipeline, metrics: { receivers: ['otlp'], exporters: Object.keys(exporters) } },
    },
  };
  const file = join(folder, 'collector.yaml');
  // JSON is YAML
  writeFileSync(file, JSON.stringify(config));
  let child: Child | undefined;
  const start = async (): Promise<void> => {
    const own = new Child(collectorBinary, [`--config=file:${file}`], { name: 'collector' });
    child = own;
    const isReady = () => [...own.lines, ...own.errors].some((line) => line.includes('Everything is ready'));
    await until(isReady, { withinMs: 30_000, what: () => `the Collector to be ready\n${own.tail()}` });
  };
  await start();
  return {
    grpcUrl: `http://127.0.0.1:${grpc}`,
    httpUrl: `http://127.0.0.1:${http}`,
    start,
    async kill() {
      child?.signal('SIGKILL');
      await child?.exited;
    },
    async remove() {
      await child?.stop();
      rmSync(folder, { recursive: true });
    },
    tail: () => child?.tail() ?? '',
  };
}
