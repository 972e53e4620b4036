import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PrometheusSink, prometheusSink } from '../../src/export/prometheus.ts';
import type { MetricsOptions } from '../../src/metrics/metrics.ts';
import { RPC_METHOD, RPC_STATUS, RPC_SYSTEM } from '../../src/span/attributes.ts';
import type { Span } from '../../src/span/span.ts';
import { aggregate } from '../support/aggregate.ts';
import { root } from '../support/programs.ts';
import { type PromServer, startPrometheus } from '../support/prometheus-server.ts';
import { testService, testSpan } from '../support/spans.ts';

/**
 * Every expression of the dashboards, evaluated by a real Prometheus that scrapes a page with a known load: today's dashboard
 * on today's names, and that of the article on the names of its time.
 */
const service = testService({ name: 'shop' });

interface Load {
  readonly status: number;
  readonly route: string;
  readonly seconds: number;
  readonly count: number;
}

/** Of the same shape in both directions: a tenth fails with 500, another with 404, and one route is slow. */
const load: readonly Load[] = [
  { status: 200, route: '/fast', seconds: 0.004, count: 60 },
  { status: 200, route: '/slow', seconds: 0.04, count: 20 },
  { status: 404, route: '/fast', seconds: 0.004, count: 10 },
  { status: 500, route: '/fast', seconds: 0.004, count: 10 },
];
const total = load.reduce((sum, { count }) => sum + count, 0);
const average = load.reduce((sum, { count, seconds }) => sum + count * seconds, 0) / total;

function spansOf({ status, route, seconds, count }: Load): readonly Span[] {
  const times = { requestStartNs: 0, startNs: 0, endNs: seconds * 1e9 };
  // a status above 404 stands for the code 14 of a call that the server could not answer
  const code = status === 500 ? 14 : 0;
  const rpc: Partial<Span> = {
    family: 'rpc',
    instrumentation: 'grpc',
    statusCode: code,
    attributes: { [RPC_METHOD]: route, [RPC_SYSTEM]: 'grpc', [RPC_STATUS]: code === 0 ? 'OK' : 'UNAVAILABLE' },
  };
  const one = (['server', 'client'] as const).flatMap((side) => [
    testSpan({ side, service, status, ...times }, { route }),
    testSpan({ side, service, status, ...times }, rpc),
  ]);
  return Array.from({ length: count }, () => one).flat();
}

const dashboard: { panels: { title: string; targets?: { expr: string; legendFormat?: string }[] }[] } = JSON.parse(
  readFileSync(join(root, 'grafana/dashboards/red.json'), 'utf8'),
);
const today = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr, legendFormat = '' }) => ({ title, legend: legendFormat, expression: expr })),
);

/** The queries of dashboard 19077, which the article tells to import. */
const [D, C, R, Q] = ['http_server', 'http_client', 'rpc_server', 'rpc_client'].map(
  (name) => `${name}_duration_seconds`,
);
const S = '{service_name="$Service"}';
const slowest = (metric: string | undefined, by: string) =>
  `sort_desc(topk by(${by}, service_name) (5, max by (${by}, service_name) (histogram_quantile(0.95, (sum by(${by}, service_name, le) (rate(${metric}_bucket[$__rate_interval])))))))`;
const duration = (metric: string | undefined, name: string) => [
  ...[0.99, 0.95].map((quantile) => ({
    title: 'duration',
    legend: `${name} p${quantile * 100}`,
    expression: `histogram_quantile(${quantile}, sum by(service_name, le)(rate(${metric}_bucket${S}[$__rate_interval])))`,
  })),
  {
    title: 'duration',
    legend: `${name} Avg average`,
    expression: `sum(rate(${metric}_sum${S}[$__rate_interval])) / sum(rate(${metric}_count${S}[$__rate_interval]))`,
  },
];
const rated = (metric: string | undefined, code: string, selector: string) => [
  { title: 'request rate', legend: code, expression: `sum(rate(${metric}_count${S}[$__rate_interval])) by (${code})` },
  {
    title: 'errors',
    legend: code,
    expression: `sum by (${code})(rate(${metric}_count{service_name="$Service",${selector}}[$__rate_interval])) / ignoring(${code}) group_left sum(rate(${metric}_count${S}[$__rate_interval]))`,
  },
];
const article = [
  { title: 'Slowest HTTP routes', legend: '', expression: slowest(D, 'http_route') },
  { title: 'Slowest RPC methods', legend: '', expression: slowest(R, 'rpc_method') },
  ...[D, C].flatMap((metric) => duration(metric, 'HTTP')),
  ...[R, Q].flatMap((metric) => duration(metric, 'RPC')),
  ...rated(D, 'http_status_code', 'http_status_code=~"5.*"'),
  ...rated(C, 'http_status_code', 'http_status_code=~"(4|5).*"'),
  ...[R, Q].flatMap((metric) => rated(metric, 'rpc_grpc_status_code', 'rpc_grpc_status_code!="0"')),
];

const labels = ['service.name', 'http.request.method', 'http.response.status_code', 'http.route', 'rpc.*'];

describe.each([
  { name: 'today', queries: today, change: {} },
  // the route was there when the routes were configured
  { name: 'the article', queries: article, change: { vintage: '0.1', select: { '*': { include: labels } } } },
] as { name: string; queries: typeof today; change: Partial<MetricsOptions> }[])('the dashboard of $name', (one) => {
  const { metrics, services, write } = aggregate(one.change);
  let sink: PrometheusSink;
  let prometheus: PromServer;

  beforeAll(async () => {
    const usual = { port: 0, path: '/metrics', ttlMs: 0, extraResourceAttributes: [], disableBuildInfo: true };
    const onFatal = (error: Error): never => {
      throw error;
    };
    sink = prometheusSink({ application: { ...usual, metrics, services }, closeMs: 1_000, onFatal });
    await sink.start();
    const target = { targets: [`127.0.0.1:${sink.ports[0]}`] };
    prometheus = await startPrometheus({
      scrapes: [{ job_name: 'agent', honor_labels: true, static_configs: [target] }],
    });
    const counted = one.name === 'today' ? 'http_server_request_duration_seconds_count' : `${D}_count`;
    // a rate takes two scrapes with a load between them
    for (const round of [1, 2]) {
      for (const each of load) write(spansOf(each));
      await prometheus.reaches(`sum(${counted})`, round * total);
    }
  });

  afterAll(async () => {
    await prometheus.stop();
    await sink.stop();
  });

  async function answer(expression: string): Promise<Record<string, number>> {
    const written = expression
      .replaceAll('$__rate_interval', '1m')
      .replaceAll('$service', '.+')
      .replaceAll('$Service', 'shop');
    const samples = await prometheus.query(written);
    const keyOf = (metric: Readonly<Record<string, string>>) =>
      Object.values(metric).filter((value) => value !== 'shop');
    return Object.fromEntries(samples.map(({ metric, value }) => [keyOf(metric).join(), Number(value[1])]));
  }

  test.each(one.queries)('$title: $legend ($expression)', async ({ title, legend, expression }) => {
    const values = await answer(expression);
    expect(Object.values(values).every((value) => value >= 0)).toBe(true);
    const isRpc = expression.includes('rpc_');
    const [good, bad] = one.name === 'today' ? ['OK', 'UNAVAILABLE'] : ['0', '14'];
    if (title.startsWith('Slowest')) {
      expect(Object.keys(values).sort()).toEqual(['/fast', '/slow']);
      expect(values['/slow']).toBeCloseTo(0.025 + 0.95 * 0.025, 9);
      expect(values['/fast']).toBeCloseTo(0.95 * 0.005, 9);
    } else if (title.endsWith('request rate')) {
      const perCode = isRpc ? { [good]: 90, [bad]: 10 } : { '200': 80, '404': 10, '500': 10 };
      const all = Object.values(values).reduce((sum, value) => sum + value, 0);
      expect(Object.keys(values)).toEqual(Object.keys(perCode));
      for (const [code, count] of Object.entries(perCode))
        expect((values[code] ?? 0) / all).toBeCloseTo(count / total, 9);
    } else if (title.endsWith('errors')) {
      const isOutbound = expression.includes('http_client');
      const expected = isRpc ? [bad] : isOutbound ? ['404', '500'] : ['500'];
      if (legend.endsWith('all errors')) {
        expect(values['']).toBeCloseTo(0.1 * expected.length, 9);
        return;
      }
      expect(Object.keys(values)).toEqual(expected);
      for (const code of expected) expect(values[code]).toBeCloseTo(0.1, 9);
    } else if (legend.includes('average')) {
      expect(values['']).toBeCloseTo(average, 9);
    } else {
      const quantile = Number(/histogram_quantile\(([\d.]+)/.exec(expression)?.[1]);
      const rank = quantile * total;
      const expected = rank <= 80 ? (0.005 * rank) / 80 : 0.025 + (0.025 * (rank - 80)) / 20;
      expect(values['']).toBeCloseTo(expected, 9);
    }
  });
});
