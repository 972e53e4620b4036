import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { otlpMetricsSink } from '../../src/export/otlp-metrics.ts';
import { prometheusSink } from '../../src/export/prometheus.ts';
import type { MetricsOptions } from '../../src/metrics/metrics.ts';
import type { Select } from '../../src/metrics/selection.ts';
import { aggregate } from '../support/aggregate.ts';
import { deliveryOptions } from '../support/otlp-options.ts';
import { otlpReceiver, plain, type ReceivedMetric } from '../support/otlp-receiver.ts';
import { testService, testSpan } from '../support/spans.ts';

interface Row {
  readonly name: string;
  readonly prometheus: string;
  readonly type: string;
  readonly unit: string;
  readonly bounds: readonly number[];
  readonly help: string;
  readonly side: 'server' | 'client';
  readonly defaults: readonly string[];
  readonly optIn: readonly string[];
  readonly prometheusOnly: readonly string[];
}

const { metrics: rows, older }: { metrics: Row[]; older: Record<'0.1' | '1.0' | '1.6', Record<string, string[]>> } =
  JSON.parse(readFileSync(new URL('../fixtures/telemetry/http-metrics.json', import.meta.url), 'utf8'));

const everything: Select = { '*': { include: ['*'] } };
const service = testService({ namespace: 'shop' });
const spans = (['server', 'client'] as const).map((side) => testSpan({ side, service }, { route: '/hello' }));

function underscored(names: readonly string[]): string[] {
  return names.map((name) => name.replaceAll('.', '_')).sort();
}

/** The text that Prometheus reads. */
async function page(change: Partial<MetricsOptions>): Promise<string> {
  const { metrics, services, write } = aggregate(change);
  write(spans);
  const application = {
    port: 0,
    path: '/metrics',
    ttlMs: 0,
    extraResourceAttributes: [],
    disableBuildInfo: true,
    metrics,
    services,
  };
  const sink = prometheusSink({
    application,
    closeMs: 500,
    onFatal: (error) => {
      throw error;
    },
  });
  await sink.start();
  const response = await fetch(`http://localhost:${sink.ports[0]}/metrics`);
  const text = await response.text();
  await sink.stop();
  return text;
}

/** What a receiver of OTLP reads. */
async function pushed(select: Select): Promise<readonly ReceivedMetric[]> {
  const receiver = await otlpReceiver();
  const { metrics, write } = aggregate({ select });
  write(spans);
  const sink = otlpMetricsSink({
    ...deliveryOptions(`${receiver.url}/v1/metrics`),
    metrics,
    intervalMs: 60_000,
    ttlMs: 0,
    temporality: 'cumulative',
    select: {},
    hasSpanMetrics: false,
    closeMs: 2_000,
  });
  await sink.stop();
  await receiver.close();
  return receiver.metrics();
}

/** Label names and bounds of a histogram in a page. */
function histogram(text: string, name: string): { readonly labels: string[]; readonly bounds: number[] } {
  const buckets = text.split('\n').filter((line) => line.startsWith(`${name}_bucket{`));
  const labels = [...(buckets[0] ?? '').matchAll(/([a-z_]+)="/g)]
    .map(([, label]) => label ?? '')
    .filter((label) => label !== 'le');
  const bounds = buckets.map((line) => Number(/le="([^"]+)"/.exec(line)?.[1])).filter((bound) => !Number.isNaN(bound));
  return { labels: labels.sort(), bounds };
}

describe('today', () => {
  let [plainPage, fullPage] = ['', ''];
  let [plainPush, fullPush]: (readonly ReceivedMetric[])[] = [];

  beforeAll(async () => {
    [plainPage, fullPage] = await Promise.all([page({}), page({ select: everything })]);
    [plainPush, fullPush] = await Promise.all([pushed({}), pushed(everything)]);
  });

  test('these are all the HTTP metrics', () => {
    expect(plainPush?.map(({ name }) => name).sort()).toEqual(rows.map(({ name }) => name).sort());
    const named = [...plainPage.matchAll(/^# TYPE (http_\S+)/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual(rows.map(({ prometheus }) => prometheus).sort());
  });

  test.each(rows)('$name has its name, type, help and bounds', ({ name, prometheus, type, unit, bounds, help }) => {
    expect(plainPage).toContain(`# HELP ${prometheus} ${help}\n# TYPE ${prometheus} ${type}\n`);
    expect(histogram(plainPage, prometheus).bounds).toEqual(bounds);
    const metric = plainPush?.find((each) => each.name === name);
    expect(metric).toMatchObject({ name, unit, description: help });
    expect(metric?.histogram?.dataPoints[0]?.explicitBounds).toEqual(bounds);
  });

  test.each(rows)('$name has its attributes', ({ name, prometheus, defaults, optIn, prometheusOnly }) => {
    expect(histogram(plainPage, prometheus).labels).toEqual(underscored([...defaults, ...prometheusOnly]));
    expect(histogram(fullPage, prometheus).labels).toEqual(underscored([...defaults, ...optIn, ...prometheusOnly]));
    const attributesOf = (from: readonly ReceivedMetric[] | undefined) =>
      Object.keys(plain(from?.find((each) => each.name === name)?.histogram?.dataPoints[0]?.attributes ?? [])).sort();
    expect(attributesOf(plainPush)).toEqual([...defaults].sort());
    expect(attributesOf(fullPush)).toEqual([...defaults, ...optIn].sort());
  });
});

describe.each(Object.entries(older) as ['0.1' | '1.0' | '1.6', Record<string, string[]>][])(
  'the names of %s',
  (vintage, expected) => {
    let text = '';

    beforeAll(async () => {
      text = await page({ vintage });
    });

    afterAll(() => {
      text = '';
    });

    test('are these metrics and no others', () => {
      const named = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
      expect(named.sort()).toEqual(Object.keys(expected).sort());
    });

    test.each(Object.entries(expected))('%s has its labels', (name, labels) => {
      expect(histogram(text, name).labels).toEqual([...labels, 'service_namespace'].sort());
    });
  },
);
