import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { labelName, prometheusName } from '../../../src/metrics/definition.ts';
import { features } from '../../../src/metrics/list.ts';
import { dashboard, panels } from '../../support/dashboard.ts';
import { root } from '../../support/programs.ts';

const read = (file: string) => readFileSync(join(root, 'grafana', file), 'utf8');
const all = panels();
const expressions = all.flatMap(({ title, targets }) => (targets ?? []).map(({ expr }) => [title, expr] as const));

const metrics = features.flatMap((feature) => feature.metrics);
const histograms = metrics.filter(({ type }) => type === 'histogram').map(prometheusName);
const labels = metrics.flatMap(({ attributes }) =>
  attributes.filter((rule) => rule.isDefault).map((rule) => rule.name),
);
const knownLabels = new Set([...labels.map(labelName), 'le', 'job', '__name__']);

test('it shows the slowest routes and methods, then rate, errors and duration of either direction', () => {
  expect(all.map(({ title }) => title)).toEqual([
    'Slowest HTTP routes (p95)',
    'Slowest gRPC methods (p95)',
    ...['request rate', 'errors', 'duration'].map((what) => `Inbound: ${what}`),
    ...['request rate', 'errors', 'duration'].map((what) => `Outbound: ${what}`),
  ]);
  expect(dashboard().schemaVersion).toBe(38);
});

test('the sources of data and the services can be chosen, and no panel has another source', () => {
  const variables = dashboard().templating.list.map(({ name, type }) => [name, type]);
  expect(variables).toEqual([
    ['datasource', 'datasource'],
    ['tempo', 'datasource'],
    ['service', 'query'],
  ]);
  const sources = all.flatMap(({ datasource, targets }) => [
    datasource?.uid,
    ...(targets ?? []).map((one) => one.datasource.uid),
  ]);
  expect(new Set(sources)).toEqual(new Set(['${datasource}']));
});

test('every panel has a query and a place of its own within 24 columns', () => {
  const taken = new Set<string>();
  for (const { targets, gridPos } of dashboard().panels.map((panel) => ({ ...panel, targets: panel.targets ?? [] }))) {
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    if (gridPos.h > 1) expect(targets.length).toBeGreaterThan(0);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(taken).not.toContain(`${x},${y}`);
        taken.add(`${x},${y}`);
      }
    }
  }
});

test.each(expressions)('%s: every series and label that is asked for is written: %s', (_, expr) => {
  const series = [...expr.matchAll(/__name__=~"(\w+)\(_seconds\)\?_(?:bucket|sum|count)"/g)].map(
    ([, name]) => `${name}_seconds`,
  );
  expect(series.length).toBeGreaterThan(0);
  expect(histograms).toEqual(expect.arrayContaining(series));

  const inSelectors = [...expr.matchAll(/[{ ](\w+)(?:=|!~|=~)"/g)].map(([, label]) => label ?? '');
  const inGroups = [...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, list]) => (list ?? '').split(', '));
  for (const label of [...inSelectors, ...inGroups]) expect(knownLabels).toContain(label);
});

test.each(expressions)('%s: only the chosen services are shown: %s', (_, expr) => {
  const selectors = expr.match(/\{__name__[^}]*\}/g) ?? [];
  for (const selector of selectors) expect(selector).toContain('$service');
});

test('errors are 5xx for the server, 4xx and 5xx for the client, and gRPC statuses other than 0 for both', () => {
  const errors = (title: string) =>
    expressions
      .filter(([of]) => of === title)
      .map(([, expr]) => expr)
      .join('\n');
  expect(errors('Inbound: errors')).toContain('http_response_status_code=~"5.."');
  expect(errors('Outbound: errors')).toContain('http_response_status_code=~"[45].."');
  for (const side of ['Inbound', 'Outbound']) {
    expect(errors(`${side}: errors`)).toContain('rpc_response_status_code!~"0|OK|"');
  }
});

test('a slow route leads to its traces', () => {
  const links = all.flatMap(({ fieldConfig }) => fieldConfig?.overrides ?? []).flatMap(({ properties }) => properties);
  const urls = links.flatMap(({ value }) => value.map(({ url }) => url));
  expect(urls).toHaveLength(2);
  for (const url of urls) {
    const panes = JSON.parse(url.replace(/^.*&panes=/, ''));
    expect(panes.traces).toMatchObject({ datasource: '${tempo}', queries: [{ queryType: 'traceql' }] });
  }
});

test('Grafana finds the sources and the folder of dashboards', () => {
  const { datasources } = parse(read('provisioning/datasources/datasources.yml'));
  expect(datasources.map(({ type }: { type: string }) => type)).toEqual(['prometheus', 'tempo']);
  const { providers } = parse(read('provisioning/dashboards/dashboards.yml'));
  expect(providers).toMatchObject([{ type: 'file', options: { path: '/var/lib/grafana/dashboards' } }]);
});
