import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { labelName, prometheusName } from '../../../src/metrics/definition.ts';
import { features } from '../../../src/metrics/list.ts';

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}
interface Dashboard {
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly panels: readonly Panel[];
}

const folder = join(import.meta.dirname, '../../../grafana');
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const dashboard: Dashboard = JSON.parse(read('dashboards/red.json'));
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const queries = panels.flatMap(({ title, targets }) => (targets ?? []).map(({ expr }) => [title, expr] as const));

const metrics = features.flatMap((feature) => feature.metrics);
const histograms = metrics.filter(({ type }) => type === 'histogram').map(prometheusName);
const labels = metrics.flatMap(({ attributes }) =>
  attributes.filter((rule) => rule.isDefault).map((rule) => rule.name),
);
const knownLabels = new Set([...labels.map(labelName), 'le']);

test('it shows the slowest routes, then rate, errors and duration of either direction', () => {
  expect(panels.map(({ title }) => title)).toEqual([
    'Slowest HTTP routes (p95)',
    ...['request rate', 'errors', 'duration'].map((what) => `Inbound: ${what}`),
    ...['request rate', 'errors', 'duration'].map((what) => `Outbound: ${what}`),
  ]);
  expect(dashboard.schemaVersion).toBeGreaterThan(0);
});

test('the source of data and the services can be chosen', () => {
  const variables = dashboard.templating.list.map(({ name, type }) => [name, type]);
  expect(variables).toEqual([
    ['datasource', 'datasource'],
    ['service', 'query'],
  ]);
});

test('every panel has a query and a place of its own within 24 columns', () => {
  const taken = new Set<string>();
  for (const { targets, gridPos } of panels) {
    expect(targets?.length).toBeGreaterThan(0);
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(taken).not.toContain(`${x},${y}`);
        taken.add(`${x},${y}`);
      }
    }
  }
});

test.each(queries)('%s: every series and label that is asked for is written: %s', (_, expr) => {
  const series = [...expr.matchAll(/\b(http_\w+)_(?:bucket|sum|count)\b/g)].map(([, name]) => name);
  expect(series.length).toBeGreaterThan(0);
  expect(histograms).toEqual(expect.arrayContaining(series));

  const inSelectors = [...expr.matchAll(/(\w+)=~?"/g)].map(([, label]) => label ?? '');
  const inGroups = [...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, list]) => (list ?? '').split(', '));
  for (const label of [...inSelectors, ...inGroups]) expect(knownLabels).toContain(label);
});

test.each(queries)('%s: only the chosen services are shown: %s', (_, expr) => {
  expect(expr.match(/_(?:bucket|sum|count)\{service_name=~"\$service"/g)).toHaveLength(
    expr.match(/_(?:bucket|sum|count)\b/g)?.length ?? 0,
  );
});

test('errors are 5xx for the server, 4xx and 5xx for the client', () => {
  const errors = (title: string) => queries.find(([of]) => of === title)?.[1];
  expect(errors('Inbound: errors')).toContain('http_response_status_code=~"5.."');
  expect(errors('Outbound: errors')).toContain('http_response_status_code=~"[45].."');
});

test('Grafana finds the sources and the folder of dashboards', () => {
  const { datasources } = parse(read('provisioning/datasources/datasources.yml'));
  expect(datasources.map(({ type }: { type: string }) => type)).toEqual(['prometheus', 'tempo']);
  const { providers } = parse(read('provisioning/dashboards/dashboards.yml'));
  expect(providers).toMatchObject([{ type: 'file', options: { path: '/var/lib/grafana/dashboards' } }]);
});
