import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PrometheusSink, prometheusSink } from '../../src/export/prometheus.ts';
import { aggregate } from '../support/aggregate.ts';
import { freePorts } from '../support/free-ports.ts';
import { Child } from '../support/processes.ts';
import { testService, testSpan } from '../support/spans.ts';
import { until } from '../support/until.ts';

/** A real Prometheus that scrapes our page, the way it scrapes in production: OpenMetrics, compressed. */
const service = testService({ namespace: 'shop' });
const { metrics, services, write } = aggregate({ features: ['application', 'application_span'] });
let sink: PrometheusSink;
let prometheus: Child;
let url = '';
const folder = mkdtempSync(join(tmpdir(), 'beyla-prometheus-'));

beforeAll(async () => {
  sink = prometheusSink({
    application: {
      port: 0,
      path: '/metrics',
      ttlMs: 0,
      extraResourceAttributes: [],
      disableBuildInfo: false,
      metrics,
      services,
    },
    internal: { port: 0, path: '/internal/metrics' },
    closeMs: 1_000,
    onFatal: (error) => {
      throw error;
    },
  });
  await sink.start();
  const [port] = await freePorts(1);
  url = `http://127.0.0.1:${port}`;
  const job = (name: string, path: string) => ({
    job_name: name,
    metrics_path: path,
    static_configs: [{ targets: [`127.0.0.1:${sink.ports[0]}`] }],
    // ours are the labels that count
    honor_labels: true,
  });
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [job('application', '/metrics'), job('internal', '/internal/metrics')],
  };
  // JSON is YAML
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const settings = { config: { file: join(folder, 'prometheus.yml') }, data: join(folder, 'data') };
  prometheus = new Child('prometheus', [
    `--config.file=${settings.config.file}`,
    `--storage.tsdb.path=${settings.data}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
});

afterAll(async () => {
  await prometheus.stop();
  await sink.stop();
  rmSync(folder, { recursive: true });
});

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

/** The answer to a query; empty while Prometheus is not there yet. */
async function query(expression: string): Promise<readonly Sample[]> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`).catch(() => undefined);
  if (response === undefined || !response.ok) return [];
  const { data } = (await response.json()) as { data: { result: Sample[] } };
  return data.result;
}

async function reaches(expression: string, wanted: number): Promise<number> {
  let last = Number.NaN;
  return until(
    async () => {
      last = Number((await query(expression))[0]?.value[1] ?? Number.NaN);
      return Math.abs(last - wanted) < 1e-9 ? last : undefined;
    },
    { withinMs: 30_000, what: () => `${expression} to be ${wanted}, not ${last}\n${prometheus.tail()}` },
  );
}

test('Prometheus counts what we counted, and computes quantiles of it', async () => {
  const lasting = (seconds: number, status: number) =>
    testSpan(
      { service, status, requestStartNs: 0, startNs: 0, endNs: seconds * 1e9 },
      { route: '/hello', name: 'GET /hello' },
    );
  write([
    ...Array.from({ length: 90 }, () => lasting(0.007, 200)),
    ...Array.from({ length: 10 }, () => lasting(0.6, 500)),
  ]);
  await reaches('sum(http_server_request_duration_seconds_count{service_name="testserver"})', 100);
  await reaches('sum(http_server_request_duration_seconds_count{http_response_status_code=~"5.."})', 10);
  await reaches('sum(http_server_request_duration_seconds_sum)', 90 * 0.007 + 10 * 0.6);
  await reaches(
    'histogram_quantile(0.5, sum by (le) (http_server_request_duration_seconds_bucket))',
    0.005 + (50 / 90) * 0.005,
  );
  await reaches('sum(traces_spanmetrics_calls_total{span_name="GET /hello"})', 100);
});

test('the labels of ours arrive as they were written', async () => {
  const [sample] = await until(async () => {
    const found = await query('http_server_request_duration_seconds_count{http_response_status_code="200"}');
    return found.length > 0 && found;
  });
  expect(sample?.metric).toMatchObject({
    instance: 'host:4242',
    job: 'shop/testserver',
    service_name: 'testserver',
    service_namespace: 'shop',
    http_request_method: 'GET',
    http_route: '/hello',
    url_scheme: 'http',
    server_port: '8080',
  });
});

test('metrics join with target_info, as the dashboards do', async () => {
  await reaches(
    'sum(http_server_request_duration_seconds_count * on(instance, job) group_left(telemetry_sdk_language) target_info)',
    100,
  );
});

test('the metrics about the agent itself can be scraped', async () => {
  await reaches('count(beyla_internal_build_info)', 1);
  await reaches('count(up == 1)', 2);
});

test.each(['/metrics', '/internal/metrics'])('promtool finds nothing wrong with %s', async (path) => {
  const page = await (await fetch(`http://127.0.0.1:${sink.ports[0]}${path}`)).text();
  const checked = promisify(execFile)('promtool', ['check', 'metrics']);
  checked.child.stdin?.end(page);
  const { stdout, stderr } = await checked;
  expect(stdout + stderr).toBe('');
});
