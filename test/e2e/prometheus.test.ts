import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PrometheusSink, prometheusSink } from '../../src/export/prometheus.ts';
import { aggregate } from '../support/aggregate.ts';
import { type PromServer, startPrometheus } from '../support/prometheus-server.ts';
import { testService, testSpan } from '../support/spans.ts';
import { until } from '../support/until.ts';

/** A real Prometheus that scrapes our page, the way it scrapes in production: OpenMetrics, compressed. */
const service = testService({ namespace: 'shop' });
const { metrics, services, write } = aggregate({ features: ['application', 'application_span'] });
let sink: PrometheusSink;
let prometheus: PromServer;

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
  const job = (name: string, path: string) => ({
    job_name: name,
    metrics_path: path,
    static_configs: [{ targets: [`127.0.0.1:${sink.ports[0]}`] }],
    // ours are the labels that count
    honor_labels: true,
  });
  prometheus = await startPrometheus({
    scrapes: [job('application', '/metrics'), job('internal', '/internal/metrics')],
  });
});

afterAll(async () => {
  await prometheus.stop();
  await sink.stop();
});

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
  await prometheus.reaches('sum(http_server_request_duration_seconds_count{service_name="testserver"})', 100);
  await prometheus.reaches('sum(http_server_request_duration_seconds_count{http_response_status_code=~"5.."})', 10);
  await prometheus.reaches('sum(http_server_request_duration_seconds_sum)', 90 * 0.007 + 10 * 0.6);
  await prometheus.reaches(
    'histogram_quantile(0.5, sum by (le) (http_server_request_duration_seconds_bucket))',
    0.005 + (50 / 90) * 0.005,
  );
  await prometheus.reaches('sum(traces_spanmetrics_calls_total{span_name="GET /hello"})', 100);
});

test('the labels of ours arrive as they were written', async () => {
  const [sample] = await until(async () => {
    const found = await prometheus.query('http_server_request_duration_seconds_count{http_response_status_code="200"}');
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
  await prometheus.reaches(
    'sum(http_server_request_duration_seconds_count * on(instance, job) group_left(telemetry_sdk_language) target_info)',
    100,
  );
});

test('the metrics about the agent itself can be scraped', async () => {
  await prometheus.reaches('count(beyla_internal_build_info)', 1);
  await prometheus.reaches('count(up == 1)', 2);
});

test.each(['/metrics', '/internal/metrics'])('promtool finds nothing wrong with %s', async (path) => {
  const page = await (await fetch(`http://127.0.0.1:${sink.ports[0]}${path}`)).text();
  const checked = promisify(execFile)('promtool', ['check', 'metrics']);
  checked.child.stdin?.end(page);
  const { stdout, stderr } = await checked;
  expect(stdout + stderr).toBe('');
});
