import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { queries, storeAt } from '../support/dashboard.ts';
import { buildAgentImage, docker, provideBases } from '../support/docker.ts';
import { freePorts } from '../support/free-ports.ts';
import { buildStandIns, composeFiles } from '../support/stand-ins.ts';
import { until } from '../support/until.ts';

/** Each stack as it is, with stand-ins for the images that no package registry has. */
const roundsOfLoad = 4;
/** Of one round, see compose/sample-server/full/load.go. */
const requestsOfARound = 9;
/** Slow enough for several scrapes or exports meanwhile: rates are made of differences. */
const loadRate = 3;
const exec = promisify(execFile);
let down: (() => Promise<void>) | undefined;

beforeAll(async () => {
  buildAgentImage();
  provideBases('golang:1.26.8-trixie');
  await buildStandIns();
});

afterEach(async () => {
  await down?.();
  down = undefined;
  for (const kind of ['container', 'network', 'volume']) {
    const format = kind === 'container' ? ['--all', '--format', '{{.Names}}'] : ['--format', '{{.Name}}'];
    expect(docker(kind, 'ls', ...format), 'nothing is left').not.toContain('beyla-');
  }
});

interface Running {
  readonly compose: (...args: readonly string[]) => Promise<string>;
  readonly store: ReturnType<typeof storeAt>;
}

/** Starts all of it, and waits until the load has ended. */
async function up(stack: string): Promise<Running> {
  const [store = 0, prometheus = 0, metrics = 0, sample = 0] = await freePorts(4);
  const env = {
    ...process.env,
    LOAD_RATE: String(loadRate),
    LOAD_SECONDS: String((roundsOfLoad * requestsOfARound) / loadRate),
    METRIC_INTERVAL_MS: '1000',
    CA_FILE: '/etc/ssl/certs/ca-certificates.crt',
    PROMETHEUS_PORT: String(prometheus),
    METRICS_PORT: String(metrics),
    SAMPLE_PORT: String(sample),
  };
  const files = composeFiles(stack, { store });
  const compose = async (...args: readonly string[]) =>
    (await exec('docker', ['compose', ...files, ...args], { env, maxBuffer: 64 << 20 })).stdout;
  down = async () => void (await compose('down', '--timeout', '2'));
  await compose('up', '--detach', '--quiet-pull');
  await until(async () => (await compose('ps', '--all', '--status', 'exited', '--services')).includes('load'), {
    withinMs: 120_000,
    what: () => `the load of ${stack} to end`,
  });
  const isScraped = stack === 'direct-prometheus';
  return {
    compose,
    store: storeAt(isScraped ? `http://127.0.0.1:${prometheus}` : `http://127.0.0.1:${store}/prometheus`),
  };
}

/** The requests of the load, and those that the server makes of itself. */
async function hasCounted({ store, compose }: Running): Promise<void> {
  const counted = async (side: string, status: number) =>
    store.value(`sum(http_${side}_request_duration_seconds_count{http_response_status_code="${status}"})`);
  const wanted = [
    ['server', 404, 3 * roundsOfLoad],
    ['server', 500, roundsOfLoad],
    ['client', 200, roundsOfLoad],
    ['client', 404, roundsOfLoad],
  ] as const;
  let last: unknown;
  await until(
    async () => {
      last = await Promise.all(wanted.map(async ([side, status]) => [side, status, await counted(side, status)]));
      return JSON.stringify(last) === JSON.stringify(wanted);
    },
    { withinMs: 60_000, what: () => `the store to count ${JSON.stringify(wanted)}, not ${JSON.stringify(last)}` },
  ).catch(async (error: Error) => {
    throw new Error(`${error.message}\n${await compose('logs', '--tail', '40')}`);
  });
}

async function hasTraces({ compose }: Running): Promise<void> {
  let logs = '';
  await until(
    async () => {
      logs = await compose('logs', 'tempo', '--no-log-prefix');
      return logs.match(/Name +: GET \/broken/g)?.length === roundsOfLoad;
    },
    { withinMs: 30_000, what: () => `Tempo's stand-in to get the traces; it got\n${logs.slice(-2000)}` },
  );
  expect(logs).toContain('service.name: Str(sample-server)');
}

test.each(['alloy-mode', 'direct-mode', 'collector-mode'])(
  '%s ends with metrics in the store and traces beside it',
  async (stack) => {
    const running = await up(stack);
    await hasCounted(running);
    await hasTraces(running);
    await answersTheDashboard(running);
  },
);

test.each(['direct-prometheus', 'alloy-scrape'])('%s ends with metrics in the store', async (stack) => {
  const running = await up(stack);
  await hasCounted(running);
  await answersTheDashboard(running);
});

/** Every panel of HTTP has data, whichever way the series came; test/e2e/dashboard.test.ts asks those of gRPC as well. */
async function answersTheDashboard({ store }: Running): Promise<void> {
  for (const { title, expr } of queries().filter((query) => !query.expr.includes('rpc_'))) {
    let services: (string | undefined)[] = [];
    await until(
      async () => {
        const samples = await store.samples(expr);
        services = samples.filter(({ value }) => value[1] !== 'NaN').map(({ metric }) => metric['service_name']);
        return services.includes('sample-server');
      },
      { withinMs: 20_000, what: () => `data of the service for ${title}, not ${services}: ${expr}` },
    );
  }
}
