import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { otlpMetricsSink } from '../../src/export/otlp-metrics.ts';
import { type PrometheusSink, prometheusSink } from '../../src/export/prometheus.ts';
import { aggregate } from '../support/aggregate.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { buildCollector, type Collector, startCollector } from '../support/collector.ts';
import { grpcOptions } from '../support/otlp-options.ts';
import { type OtlpReceiver, otlpReceiver } from '../support/otlp-receiver.ts';
import { type PromServer, startPrometheus } from '../support/prometheus-server.ts';
import { testSpan } from '../support/spans.ts';
import { until } from '../support/until.ts';

/**
 * A Prometheus that asks for native histograms, over TLS and with a password, beside a Collector that is pushed exponential ones
 * and writes them to the same Prometheus.
 */
const shape = { maxSize: 160, maxScale: 3 };
const scraped = aggregate();
const pushed = aggregate({ exponential: shape });
let page: PrometheusSink;
let prometheus: PromServer;
let collector: Collector;
let behind: OtlpReceiver;
let made: Certificates;

beforeAll(async () => {
  await buildCollector();
  made = makeCertificates();
  const { certFile, keyFile } = made.server;
  const basic = { username: 'prometheus', password: 'geheim' };
  page = prometheusSink({
    application: {
      ...{ port: 0, path: '/metrics', ttlMs: 0, extraResourceAttributes: [], disableBuildInfo: false },
      ...{ metrics: scraped.metrics, services: scraped.services, native: shape, exemplars: 'trace_based' },
    },
    protection: { certFile, keyFile, clientCaFile: '', ...basic },
    closeMs: 1_000,
    onFatal: (error) => {
      throw error;
    },
  });
  await page.start();
  const scrape = {
    job_name: 'agent',
    scheme: 'https',
    tls_config: { ca_file: made.ca.certFile, server_name: 'localhost' },
    basic_auth: basic,
    honor_labels: true,
    static_configs: [{ targets: [`127.0.0.1:${page.ports[0]}`], labels: { way: 'scraped' } }],
  };
  prometheus = await startPrometheus({ scrapes: [scrape], hasNativeHistograms: true });
  behind = await otlpReceiver();
  collector = await startCollector({
    otlpUrl: behind.url,
    remoteWrite: { url: `${prometheus.url}/api/v1/write`, labels: { way: 'collected' } },
  });
}, 600_000);

afterAll(async () => {
  await page.stop();
  await collector.remove();
  await behind.close();
  await prometheus.stop();
  made.remove();
});

const lasting = (ms: number, n: number) =>
  testSpan(
    { requestStartNs: 0, startNs: 0, endNs: ms * 1e6 },
    {
      route: '/hello',
      traceId: n.toString(16).padStart(32, '0'),
      spanId: n.toString(16).padStart(16, '0'),
      isExported: true,
    },
  );

describe('of a thousand requests', () => {
  const durations = Array.from({ length: 1_000 }, (_, i) => 1 + ((i * 37) % 997));
  const sum = durations.reduce((all, ms) => all + ms, 0) / 1_000;
  const metric = (way: string) => `http_server_request_duration_seconds{way="${way}"}`;

  beforeAll(async () => {
    const spans = durations.map(lasting);
    // the second half after Prometheus has come, and has shown that it wants them
    scraped.write(spans.slice(0, 500));
    await prometheus.reaches(`histogram_count(${metric('scraped')})`, 500);
    scraped.write(spans.slice(500));
    pushed.write(spans);
    await otlpMetricsSink({
      ...grpcOptions(collector.grpcUrl, 'metrics'),
      metrics: pushed.metrics,
      intervalMs: 60_000,
      ttlMs: 0,
      temporality: 'cumulative',
      select: {},
      hasSpanMetrics: false,
      closeMs: 10_000,
    }).stop();
  });

  test.each(['scraped', 'collected'])('count and sum are exact when they are %s', async (way) => {
    await prometheus.reaches(`histogram_count(${metric(way)})`, 1_000);
    await prometheus.reaches(`round(histogram_sum(${metric(way)}), 0.001)`, Math.round(sum * 1_000) / 1_000);
  });

  test.each([0.5, 0.9, 0.99])('the quantile %d is right to the width of a bucket', async (quantile) => {
    const exact = (durations.toSorted((a, b) => a - b)[Math.ceil(quantile * 1_000) - 1] ?? 0) / 1_000;
    const [sample] = await prometheus.query(`histogram_quantile(${quantile}, ${metric('collected')})`);
    const value = Number(sample?.value[1]);
    expect(value).toBeGreaterThan(exact / 1.1);
    expect(value).toBeLessThan(exact * 1.1);
  });

  test('what came before the first scrape is off by no more than a classic bucket', async () => {
    const [sample] = await prometheus.query(`histogram_quantile(0.5, ${metric('scraped')})`);
    expect(Number(sample?.value[1])).toBeGreaterThan(0.25);
    expect(Number(sample?.value[1])).toBeLessThan(0.75);
  });

  test('Prometheus keeps the exemplars', async () => {
    const end = Date.now() / 1_000 + 60;
    const url = `${prometheus.url}/api/v1/query_exemplars?query=http_server_request_duration_seconds&start=0&end=${end}`;
    const [exemplar] = await until(
      async () => {
        const { data } = (await (await fetch(url)).json()) as { data: { exemplars: unknown[] }[] };
        return data.length > 0 && data.flatMap(({ exemplars }) => exemplars);
      },
      { withinMs: 10_000, what: 'exemplars' },
    );
    expect(exemplar).toMatchObject({ labels: { traceID: expect.stringMatching(/^[0-9a-f]{32}$/) } });
  });
});
