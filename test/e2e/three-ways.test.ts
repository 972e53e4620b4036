import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DeliveryOptions } from '../../src/export/otlp-delivery.ts';
import { otlpMetricsSink } from '../../src/export/otlp-metrics.ts';
import { type PrometheusSink, prometheusSink } from '../../src/export/prometheus.ts';
import type { Sink } from '../../src/export/sink.ts';
import { aggregate } from '../support/aggregate.ts';
import { buildCollector, type Collector, startCollector } from '../support/collector.ts';
import { deliveryOptions, grpcOptions } from '../support/otlp-options.ts';
import { type OtlpReceiver, otlpReceiver } from '../support/otlp-receiver.ts';
import { type PromServer, type QueriedSample, startPrometheus } from '../support/prometheus-server.ts';
import { testService, testSpan } from '../support/spans.ts';
import { buildVictoriaMetrics, startVictoriaMetrics } from '../support/victoria-metrics.ts';

/**
 * The same traffic by three ways: Prometheus scrapes us; a Collector is pushed to and writes to that Prometheus; VictoriaMetrics
 * is pushed to. Each series must have the same counts and sums in the end, wherever one looks.
 */
const { metrics, services, write } = aggregate({ features: ['application', 'application_span_otel'] });
let page: PrometheusSink;
let prometheus: PromServer;
let victoria: PromServer;
let collector: Collector;
let behind: OtlpReceiver;
const pushers: Sink[] = [];

function pusher(options: DeliveryOptions): Sink {
  return otlpMetricsSink({
    ...options,
    metrics,
    intervalMs: 500,
    ttlMs: 0,
    temporality: 'cumulative',
    select: {},
    hasSpanMetrics: false,
    closeMs: 10_000,
  });
}

beforeAll(async () => {
  await Promise.all([buildCollector(), buildVictoriaMetrics()]);
  const application = {
    ...{ port: 0, path: '/metrics', ttlMs: 0, extraResourceAttributes: [], disableBuildInfo: false },
    ...{ metrics, services },
  };
  page = prometheusSink({
    application,
    closeMs: 1_000,
    onFatal: (error) => {
      throw error;
    },
  });
  await page.start();
  const targets = [{ targets: [`127.0.0.1:${page.ports[0]}`], labels: { way: 'scraped' } }];
  prometheus = await startPrometheus({
    scrapes: [{ job_name: 'agent', honor_labels: true, static_configs: targets }],
  });
  behind = await otlpReceiver();
  collector = await startCollector({
    otlpUrl: behind.url,
    remoteWrite: { url: `${prometheus.url}/api/v1/write`, labels: { way: 'collected' } },
  });
  victoria = await startVictoriaMetrics();
  pushers.push(
    pusher(grpcOptions(collector.grpcUrl, 'metrics', { gzip: true })),
    pusher(deliveryOptions(`${victoria.url}/opentelemetry/v1/metrics`)),
  );
  for (const each of pushers) await each.start();
}, 600_000);

afterAll(async () => {
  await page.stop();
  await collector.remove();
  await behind.close();
  await prometheus.stop();
  await victoria.stop();
});

const instances = ['cart', 'checkout', 'search'].map((name, i) =>
  testService({ name, namespace: 'shop', instanceId: `host:${i}`, resource: { 'host.name': `node${i}` } }),
);

function spans(count: number, seed: number) {
  return Array.from({ length: count }, (_, n) => {
    const i = n * 7 + seed;
    const service = instances[i % 3] ?? testService();
    const status = [200, 200, 404, 500][i % 4] ?? 200;
    const endNs = 1_000_000_000 + ((i * 7919) % 12_000) * 1_000_000;
    const sizes = { requestBytes: (i * 131) % 10_000, responseBytes: (i * 17) % 3_000 };
    const route = `/items/${i % 5}`;
    const facts = { service, status, side: i % 5 === 0 ? 'client' : 'server', endNs, ...sizes } as const;
    return testSpan(facts, { route, name: `GET ${route}` });
  });
}

/** Labels that say the same in each way; a resource is told of by other names in VictoriaMetrics. */
const compared = [
  ...['__name__', 'service_name', 'service_namespace', 'http_request_method', 'http_response_status_code'],
  ...['http_route', 'server_address', 'server_port', 'url_scheme', 'span_name', 'span_kind', 'status_code', 'le'],
];

function valuesOf(samples: readonly QueriedSample[]): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const { metric, value } of samples) {
    const labels = compared.map((name) =>
      name === 'le' ? String(Number(metric[name]?.replace('+Inf', 'Infinity'))) : (metric[name] ?? ''),
    );
    // sums of floats are added up in another order on the way
    values.set(labels.join('|'), Number(Number(value[1]).toPrecision(12)));
  }
  return values;
}

/** What is not the same, and no more of it than one can read. */
function differences(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): readonly string[] {
  const names = [...new Set([...one.keys(), ...other.keys()])];
  const differing = names.filter((name) => one.get(name) !== other.get(name));
  return differing.slice(0, 9).map((name) => `${name}: ${one.get(name)}, not ${other.get(name)}`);
}

const families = '{__name__=~"(http|traces)_.*_(bucket|count|sum|total)"';
const rounds = 5;
const perRound = 2_000;

describe('after ten thousand requests', () => {
  beforeAll(async () => {
    for (let round = 0; round < rounds; round++) {
      write(spans(perRound, round));
      const counted = (round + 1) * perRound;
      for (const way of ['scraped', 'collected']) {
        await prometheus.reaches(`sum(traces_span_metrics_calls_total{way="${way}"})`, counted);
      }
      await victoria.reaches('sum(traces_span_metrics_calls_total)', counted);
    }
    for (const each of pushers) await each.stop();
  });

  test('all series are there', async () => {
    const scraped = valuesOf(await prometheus.query(`${families},way="scraped"}`));
    // server and client: three services, five routes, three statuses or fewer; three histograms each, and span metrics
    expect(scraped.size).toBeGreaterThan(1_000);
  });

  test('the Collector has told Prometheus what Prometheus has read', async () => {
    const scraped = valuesOf(await prometheus.query(`${families},way="scraped"}`));
    const collected = valuesOf(await prometheus.query(`${families},way="collected"}`));
    expect(differences(collected, scraped)).toEqual([]);
  });

  test('VictoriaMetrics has what Prometheus has read', async () => {
    const scraped = valuesOf(await prometheus.query(`${families},way="scraped"}`));
    const pushed = valuesOf(await victoria.query(`${families}}`));
    expect(differences(pushed, scraped)).toEqual([]);
  });

  test('instances are told apart by the same labels', async () => {
    const labels = (way: string) =>
      prometheus.query(`sum by (job, instance) (traces_span_metrics_calls_total{way="${way}"})`);
    const plain = (samples: readonly QueriedSample[]) => samples.map(({ metric, value }) => [metric, value[1]]);
    expect(plain(await labels('collected'))).toEqual(plain(await labels('scraped')));
  });
});
