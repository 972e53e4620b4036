import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { NamesVintage } from '../../src/config/sections/agent.ts';
import type { MetricsOptions } from '../../src/metrics/metrics.ts';
import type { Select } from '../../src/metrics/selection.ts';
import type { MetricFamily, Span, SpanKind } from '../../src/span/span.ts';
import { aggregate } from '../support/aggregate.ts';
import { plain, type ReceivedMetric } from '../support/otlp-receiver.ts';
import { pageOf, pushOf } from '../support/pages.ts';
import { testService, testSpan } from '../support/spans.ts';

interface Row {
  readonly feature: string;
  readonly name: string;
  readonly prometheus: string;
  readonly type: 'histogram' | 'counter';
  readonly unit: string;
  readonly bounds?: 'duration' | 'size';
  readonly help: string;
  readonly family: MetricFamily;
  readonly kinds: readonly SpanKind[];
  readonly defaults: readonly string[];
  readonly optIn: readonly string[];
  readonly prometheusOnly: readonly string[];
  readonly otlpOnly?: readonly string[];
}

interface Table {
  readonly bounds: { readonly [list in 'duration' | 'size']: readonly number[] };
  /** Labels of metrics that are derived from spans, besides those of their rows. */
  readonly ofResource: readonly string[];
  readonly metrics: readonly Row[];
  readonly older: Readonly<Record<Exclude<NamesVintage, 'current'>, Readonly<Record<string, readonly string[]>>>>;
}

const table: Table = JSON.parse(
  readFileSync(new URL('../fixtures/telemetry/application-metrics.json', import.meta.url), 'utf8'),
);
const { metrics: rows, older, ofResource } = table;
const features = [...new Set(rows.map(({ feature }) => feature))];

const everything: Select = { '*': { include: ['*'] } };
const service = testService({
  namespace: 'shop',
  resource: Object.fromEntries(ofResource.map((name) => [name, 'somewhere'])),
});

/** One of each kind that the table knows, with a value for every attribute; of a call to somebody known and to somebody else. */
const values = Object.fromEntries(
  rows.flatMap(({ defaults, optIn }) => [...defaults, ...optIn]).map((name) => [name, 'x']),
);
const spans = rows.flatMap(({ family, kinds }) =>
  kinds.flatMap((kind) =>
    ['', 'known'].map((name): Span => {
      const span = testSpan({ service }, { family, kind, status: 'error', route: '/hello' });
      const [peer, host] = [
        { ...span.peer, name },
        { ...span.host, name },
      ];
      const own = Object.entries(span.attributes).filter(([, value]) => value !== '');
      return { ...span, peer, host, attributes: { ...values, ...Object.fromEntries(own) } };
    }),
  ),
);

function underscored(names: readonly string[]): string[] {
  return names.map((name) => name.replaceAll('.', '_')).sort();
}

/** The text that Prometheus reads. */
async function page(change: Partial<MetricsOptions>): Promise<string> {
  const { metrics, services, write } = aggregate({ features, extraSpanAttributes: ofResource, ...change });
  write(spans);
  return pageOf({ metrics, services });
}

/** What a receiver of OTLP reads. */
async function pushed(select: Select): Promise<readonly ReceivedMetric[]> {
  const { metrics, write } = aggregate({ features, extraSpanAttributes: ofResource, select });
  write(spans);
  const requests = await pushOf({ metrics });
  return requests.flatMap(({ resourceMetrics = [] }) =>
    resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics)),
  );
}

/** Label names and bounds of a metric in a page. */
function shape(text: string, name: string): { readonly labels: string[]; readonly bounds: number[] } {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name}_bucket{`));
  const labels = new Set(
    lines.flatMap((line) => [...line.matchAll(/([a-z0-9_]+)="/g)].map(([, label]) => label ?? '')),
  );
  labels.delete('le');
  const bounds = new Set(lines.map((line) => Number(/le="([^"]+)"/.exec(line)?.[1])));
  return { labels: [...labels].sort(), bounds: [...bounds].filter((bound) => !Number.isNaN(bound)) };
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\S+)/gm)]
    .map(([, name]) => name ?? '')
    .filter((name) => name !== 'target_info' && name !== 'traces_target_info');
}

/** Attributes that any point of the metric has. */
function attributesOf(from: readonly ReceivedMetric[], name: string): string[] {
  const metric = from.find((each) => each.name === name);
  const points = metric?.histogram?.dataPoints ?? metric?.sum?.dataPoints ?? [];
  return [...new Set(points.flatMap(({ attributes }) => Object.keys(plain(attributes))))].sort();
}

describe('today', () => {
  let [plainPage, fullPage] = ['', ''];
  let [plainPush, fullPush]: (readonly ReceivedMetric[])[] = [[], []];

  beforeAll(async () => {
    [plainPage, fullPage] = await Promise.all([page({}), page({ select: everything })]);
    [plainPush, fullPush] = await Promise.all([pushed({}), pushed(everything)]);
  });

  test('these are all the metrics of requests', () => {
    expect(plainPush?.map(({ name }) => name).sort()).toEqual(rows.map(({ name }) => name).sort());
    expect(namesIn(plainPage).sort()).toEqual(rows.map(({ prometheus }) => prometheus).sort());
  });

  test.each(rows)('$name has its name, type, help and bounds', ({ name, prometheus, type, unit, bounds, help }) => {
    const expected = bounds === undefined ? [] : table.bounds[bounds];
    expect(plainPage).toContain(`# HELP ${prometheus} ${help}\n# TYPE ${prometheus} ${type}\n`);
    expect(shape(plainPage, prometheus).bounds).toEqual(expected);
    const metric = plainPush?.find((each) => each.name === name);
    expect({ unit: '', ...metric }).toMatchObject({ name, unit, description: help });
    expect(metric?.histogram?.dataPoints[0]?.explicitBounds ?? []).toEqual(expected);
    if (type === 'counter') expect(Boolean(metric?.sum?.isMonotonic)).toBe(true);
  });

  test.each(rows)(
    '$name has its attributes',
    ({ feature, name, prometheus, defaults, optIn, prometheusOnly, otlpOnly = [] }) => {
      const extra = [...prometheusOnly, ...(feature === 'application' ? [] : ofResource)];
      expect(shape(plainPage, prometheus).labels).toEqual(underscored([...defaults, ...extra]));
      expect(shape(fullPage, prometheus).labels).toEqual(underscored([...defaults, ...optIn, ...extra]));
      expect(attributesOf(plainPush ?? [], name)).toEqual([...defaults, ...otlpOnly].sort());
      expect(attributesOf(fullPush ?? [], name)).toEqual([...defaults, ...optIn, ...otlpOnly].sort());
    },
  );

  test.each(features)('%s is what turns its metrics on, and nothing else', async (feature) => {
    const expected = rows.filter((row) => row.feature === feature).map(({ prometheus }) => prometheus);
    expect(namesIn(await page({ features: [feature] })).sort()).toEqual(expected.sort());
  });
});

describe.each(Object.entries(older) as [NamesVintage, Record<string, string[]>][])(
  'the names of %s',
  (vintage, expected) => {
    let text = '';

    beforeAll(async () => {
      text = await page({ vintage, features: ['application'] });
    });

    test('are these metrics and no others', () => {
      expect(namesIn(text).sort()).toEqual(Object.keys(expected).sort());
    });

    test.each(Object.entries(expected))('%s has its labels', (name, labels) => {
      expect(shape(text, name).labels).toEqual([...labels, 'service_namespace'].sort());
    });
  },
);
