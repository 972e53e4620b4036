import { createServer } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type PrometheusOptions,
  type PrometheusSink,
  prometheusSink,
  type ScrapeOptions,
} from '../../../src/export/prometheus.ts';
import type { MetricsOptions } from '../../../src/metrics/metrics.ts';
import { counters } from '../../../src/telemetry/counters.ts';
import { aggregate } from '../../support/aggregate.ts';
import { type Certificates, makeCertificates } from '../../support/certificates.ts';
import { exporterContract } from '../../support/exporter-contract.ts';
import { spansOf, testService, testSpan } from '../../support/spans.ts';
import { until } from '../../support/until.ts';

const closeMs = 500;
const opened: PrometheusSink[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((sink) => sink.stop()));
});

function open(
  change: Partial<MetricsOptions> = {},
  scrape: Partial<ScrapeOptions> = {},
  port = 0,
  ttlMs = 300_000,
  own: Partial<PrometheusOptions> = {},
) {
  const { metrics, services, write } = aggregate(change);
  const application = {
    port,
    path: '/metrics',
    ttlMs,
    extraResourceAttributes: [],
    disableBuildInfo: false,
    metrics,
    services,
    ...own,
  };
  const errors: Error[] = [];
  const sink = prometheusSink({ application, closeMs, onFatal: (error) => errors.push(error), ...scrape });
  opened.push(sink);
  const page = async (path = '/metrics', headers: Record<string, string> = {}) => {
    const response = await fetch(`http://localhost:${sink.ports[0]}${path}`, { headers });
    return { response, text: await response.text() };
  };
  return { sink, write, page, errors, metrics };
}

/** The lines of a metric, without its buckets. */
function linesOf(text: string, start: string): readonly string[] {
  return text.split('\n').filter((line) => line.startsWith(start));
}

exporterContract({
  name: 'prometheus',
  closeMs,
  async open() {
    const { sink, write, page } = open({ select: { '*': { include: ['url.path'] } } });
    let seen: readonly string[] = [];
    const arrived = async () => {
      const { text } = await page();
      seen = linesOf(text, 'http_server_request_duration_seconds_count').map(
        (line) => /url_path="([^"]+)"/.exec(line)?.[1] ?? '',
      );
      return seen;
    };
    return { sink, write, arrived, clean: async () => {} };
  },
  async openBroken() {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, () => resolve()));
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { sink, write, errors } = open({}, {}, port);
    const clean = () => new Promise<void>((resolve) => taken.close(() => resolve()));
    // nothing is lost: the sums stay, but the agent is told that nobody can read them
    return { sink, write, arrived: () => [], clean, lost: () => errors.length };
  },
  lostOf: () => 1,
});

test('the page of the article is reproduced', async () => {
  const { sink, write, page } = open({ vintage: '0.1' });
  await sink.start();
  write([testSpan({ requestStartNs: 0, endNs: 4_000_000 }), testSpan({ requestStartNs: 0, endNs: 40_000_000 })]);
  const { text } = await page();
  expect(text.slice(0, text.indexOf('\n# HELP http_server_request_size_bytes'))).toBe(
    `# HELP http_server_duration_seconds duration of HTTP service calls from the server side, in milliseconds
# TYPE http_server_duration_seconds histogram
http_server_duration_seconds_bucket{http_method="GET",http_status_code="200",service_name="testserver",le="0.005"} 1
http_server_duration_seconds_bucket{http_method="GET",http_status_code="200",service_name="testserver",le="0.01"} 1
http_server_duration_seconds_bucket{http_method="GET",http_status_code="200",service_name="testserver",le="0.025"} 1
http_server_duration_seconds_bucket{http_method="GET",http_status_code="200",service_name="testserver",le="0.05"} 2
http_server_duration_seconds_bucket{http_method="GET",http_status_code="200",service_name="testserver",le="0.1"} 2
http_server_duration_seconds_bucket{http_method="GET",http_status_code="200",service_name="testserver",le="0.25"} 2
http_server_duration_seconds_bucket{http_method="GET",http_status_code="200",service_name="testserver",le="0.5"} 2
http_server_duration_seconds_bucket{http_method="GET",http_status_code="200",service_name="testserver",le="1"} 2
http_server_duration_seconds_bucket{http_method="GET",http_status_code="200",service_name="testserver",le="2.5"} 2
http_server_duration_seconds_bucket{http_method="GET",http_status_code="200",service_name="testserver",le="5"} 2
http_server_duration_seconds_bucket{http_method="GET",http_status_code="200",service_name="testserver",le="10"} 2
http_server_duration_seconds_bucket{http_method="GET",http_status_code="200",service_name="testserver",le="+Inf"} 2
http_server_duration_seconds_sum{http_method="GET",http_status_code="200",service_name="testserver"} 0.044
http_server_duration_seconds_count{http_method="GET",http_status_code="200",service_name="testserver"} 2`,
  );
});

test('labels are sorted, and there even without a value', async () => {
  const { sink, write, page } = open();
  await sink.start();
  write([testSpan({}, { route: '/hello' })]);
  const { text } = await page();
  expect(linesOf(text, 'http_server_request_duration_seconds_count')).toEqual([
    'http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="200",' +
      'http_route="/hello",instance="host:4242",job="testserver",server_address="unresolved",server_port="8080",' +
      'service_name="testserver",service_namespace="",url_scheme="http"} 1',
  ]);
});

test('values are escaped', async () => {
  const { sink, write, page } = open({ select: { '*': { include: ['http.route'] } } });
  await sink.start();
  write([testSpan({}, { route: 'a"b\\c\nd\ud800' })]);
  const { text } = await page();
  expect(linesOf(text, 'http_server_request_duration_seconds_count')).toEqual([
    'http_server_request_duration_seconds_count{http_route="a\\"b\\\\c\\nd\ufffd"} 1',
  ]);
});

test('services that no label tells apart are added up', async () => {
  const { sink, write, page } = open({ select: { '*': { include: ['http.route'] } } });
  await sink.start();
  for (const name of ['one', 'two']) write([testSpan({ service: testService({ name }) }, { route: '/hello' })]);
  const { text } = await page();
  expect(linesOf(text, 'http_server_request_duration_seconds_count')).toEqual([
    'http_server_request_duration_seconds_count{http_route="/hello"} 2',
  ]);
});

test('a series beyond the budget carries the mark of overflow', async () => {
  const { sink, write, page } = open({ budget: { perService: 1, total: 10 } });
  await sink.start();
  write(spansOf(['/a', '/b', '/c']));
  const { text } = await page();
  expect(linesOf(text, 'http_server_request_duration_seconds_count')[1]).toBe(
    'http_server_request_duration_seconds_count{instance="host:4242",job="testserver",otel_metric_overflow="true",service_name="testserver"} 2',
  );
});

describe('OpenMetrics', () => {
  const accept = { accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5' };

  test('is served to who asks for it, with floats that look like floats and an end', async () => {
    const { sink, write, page } = open();
    await sink.start();
    write(spansOf(['/hello']));
    const { response, text } = await page('/metrics', accept);
    expect(response.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(text).toContain('le="1.0"} 1\n');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    expect(text).not.toContain('\n\n');
  });

  test('writes counters by their rule, and the plain form is not disturbed by it', async () => {
    const { sink, write, page } = open({ features: ['application_span'] });
    await sink.start();
    write(spansOf(['/hello']));
    for (let scrape = 0; scrape < 2; scrape++) {
      const { text: openText } = await page('/metrics', accept);
      expect(openText).toContain('# TYPE traces_spanmetrics_calls counter\ntraces_spanmetrics_calls_total{');
      const { text } = await page();
      expect(text).toContain('# TYPE traces_spanmetrics_calls_total counter\ntraces_spanmetrics_calls_total{');
    }
  });
});

describe('exemplars', () => {
  const openText = { accept: 'application/openmetrics-text' };
  const withTrace = (isExported: boolean) =>
    testSpan(
      { requestStartNs: 0, startNs: 0, endNs: 7_000_000 },
      { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), isExported },
    );
  const shown = (text: string) =>
    linesOf(text, 'http_server_request_duration_seconds_bucket').flatMap((line) => line.split(' # ')[1] ?? []);

  async function scraped(exemplars: 'always_off' | 'trace_based' | 'always_on', isExported: boolean) {
    const { sink, write, page } = open({}, {}, 0, 300_000, { exemplars });
    await sink.start();
    write([withTrace(isExported)]);
    expect((await page()).text).not.toContain(' # {');
    return shown((await page('/metrics', openText)).text);
  }

  test('point at the trace of the bucket that counts them', async () => {
    expect(await scraped('trace_based', true)).toEqual([
      expect.stringMatching(/^\{traceID="a{32}",spanID="b{16}"\} 0.007 \d{10}(?:\.\d+)?$/),
    ]);
  });

  test('never point at a trace that is exported nowhere', async () => {
    expect(await scraped('trace_based', false)).toEqual([]);
    expect(await scraped('always_on', false)).toEqual([expect.stringMatching(/^\{\} 0.007 /)]);
  });

  test('are off unless they are asked for', async () => {
    expect(await scraped('always_off', true)).toEqual([]);
  });
});

describe('the protobuf form', () => {
  const accept = {
    accept: 'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited',
  };

  test('is for who can have native histograms only', async () => {
    const { sink, write, page } = open();
    await sink.start();
    write(spansOf(['/hello']));
    expect((await page('/metrics', accept)).response.headers.get('content-type')).toMatch(/^text\/plain/);
  });

  test('carries native histograms beside the classic ones', async () => {
    const { sink, write, page } = open({}, {}, 0, 300_000, { native: { maxSize: 100, maxScale: 3 } });
    await sink.start();
    write(spansOf(['/hello', '/hello']));
    const { response } = await page('/metrics', accept);
    expect(response.headers.get('content-type')).toMatch(/^application\/vnd.google.protobuf;/);
  });
});

describe('a page with protection', () => {
  let made: Certificates;
  beforeAll(() => {
    made = makeCertificates();
  });
  afterAll(() => made.remove());
  const nobody = { certFile: '', keyFile: '', clientCaFile: '', username: '', password: '' };

  async function status(port: number, options: RequestOptions): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    request({ host: 'localhost', port, path: '/metrics', ca: made.ca.cert, agent: false, ...options }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
    return promise;
  }

  test('asks for name and password', async () => {
    const { sink, page } = open({}, { protection: { ...nobody, username: 'prometheus', password: 'geheim' } });
    await sink.start();
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    expect((await page()).response.status).toBe(401);
    expect((await page('/metrics', basic('prometheus:falsch'))).response.status).toBe(401);
    expect((await page('/metrics', basic('prometheus:geheim'))).response.status).toBe(200);
  });

  test('speaks TLS with its certificate', async () => {
    const { certFile, keyFile } = made.server;
    const { sink } = open({}, { protection: { ...nobody, certFile, keyFile } });
    await sink.start();
    expect(await status(sink.ports[0] ?? 0, {})).toBe(200);
  });

  test('is closed to readers without a certificate where these are asked for one', async () => {
    const { certFile, keyFile } = made.server;
    const { sink } = open({}, { protection: { ...nobody, certFile, keyFile, clientCaFile: made.ca.certFile } });
    await sink.start();
    const { cert, key } = made.client;
    expect(await status(sink.ports[0] ?? 0, { cert, key })).toBe(200);
    await expect(status(sink.ports[0] ?? 0, {})).rejects.toThrow();
  });
});

test('idle series are not shown after the time of the exporter', async () => {
  const { sink, write, page } = open({}, {}, 0, 20);
  await sink.start();
  write(spansOf(['/hello']));
  const count = async () => linesOf((await page()).text, 'http_server_request_duration_seconds_count').length;
  expect(await until(async () => (await count()) === 0)).toBe(true);
  const isBack = async () => {
    write(spansOf(['/hello']));
    return (await count()) === 1;
  };
  expect(await until(isBack)).toBe(true);
});

test('target_info tells what is known of an instance, build info which languages there are', async () => {
  const { sink, write, page } = open();
  await sink.start();
  const resource = { 'host.name': 'node1', 'container.id': 'c0ffee', 'my.own': 'secret' };
  write([testSpan({ service: testService({ namespace: 'shop', resource }) })]);
  const { text } = await page();
  const [info = ''] = linesOf(text, 'target_info');
  for (const label of [
    'host_name="node1"',
    'container_id="c0ffee"',
    'job="shop/testserver"',
    'instance="host:4242"',
    'source="beyla"',
  ]) {
    expect(info).toContain(label);
  }
  expect(info).not.toContain('secret');
  expect(linesOf(text, 'beyla_build_info')[0]).toMatch(/implementation="beyla-typescript".*target_lang="go"} 1$/);
});

test('span metrics come with what their readers join them with', async () => {
  const { sink, write, page } = open({ features: ['application_span', 'application_host'] });
  await sink.start();
  write([testSpan({ service: testService({ resource: { 'host.id': 'machine7' } }) })]);
  const { text } = await page();
  expect(linesOf(text, 'traces_target_info')).toHaveLength(1);
  expect(linesOf(text, 'traces_host_info')).toEqual(['traces_host_info{grafana_host_id="machine7"} 1']);
});

test('a large page is compressed for who takes it', async () => {
  const { sink, write, page } = open();
  await sink.start();
  write(spansOf(Array.from({ length: 50 }, (_, i) => `/route/${i}`)));
  const { response, text } = await page('/metrics', { 'accept-encoding': 'gzip' });
  expect(response.headers.get('content-encoding')).toBe('gzip');
  expect(linesOf(text, 'http_server_request_duration_seconds_count')).toHaveLength(50);
});

test('another path is not found', async () => {
  const { sink, page } = open();
  await sink.start();
  expect((await page('/other')).response.status).toBe(404);
});

test('one port serves both pages', async () => {
  const { sink, page } = open({}, { internal: { port: 0, path: '/internal/metrics' } });
  await sink.start();
  counters.add('spans_lost', 'test_reason', 3);
  const { text } = await page('/internal/metrics');
  expect(text).toContain('beyla_spans_lost_total{reason="test_reason"} 3');
  expect(text).toContain(`beyla_prometheus_http_requests_total{port="${sink.ports[0]}",path="/internal/metrics"}`);
  expect(text).toMatch(/beyla_internal_build_info\{.*\} 1/);
  expect(sink.ports).toHaveLength(1);
});

test('after a change of attributes, old and new series are shown under one name, each once', async () => {
  const { sink, write, page, metrics } = open();
  await sink.start();
  write(spansOf(['/a']));
  const { unresolved } = metrics.options;
  metrics.reconfigure(
    { select: { http_server_request_duration: { exclude: ['http.route'] } }, unresolved },
    Date.now(),
  );
  write(spansOf(['/a', '/b']));
  const { text } = await page();
  const counts = linesOf(text, 'http_server_request_duration_seconds_count').map((line) => [
    /http_route="([^"]*)"/.exec(line)?.[1],
    line.split(' ').at(-1),
  ]);
  expect(counts).toEqual([
    [undefined, '2'],
    ['/a', '1'],
  ]);
  expect(linesOf(text, '# TYPE http_server_request_duration_seconds ')).toHaveLength(1);
});

test('a label that is empty makes no second series of one without it', async () => {
  const { sink, write, page, metrics } = open();
  await sink.start();
  write([testSpan({}, { route: '' })]);
  const { unresolved } = metrics.options;
  metrics.reconfigure({ select: { '*': { exclude: ['http.route'] } }, unresolved }, Date.now());
  write([testSpan({}, { route: '' })]);
  const lines = linesOf((await page()).text, 'http_server_request_duration_seconds_count');
  expect(lines.map((line) => line.split(' ').at(-1))).toEqual(['2']);
});
