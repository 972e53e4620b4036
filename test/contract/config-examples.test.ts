import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/schema.ts';

const examples = new URL('../fixtures/config/examples/', import.meta.url);

function load(name: string): Config {
  const readFile = (): string => readFileSync(new URL(name, examples), 'utf8');
  const { config, report } = readConfig({ path: name, env: { GRAFANA_API_KEY: 'glc' }, readFile });
  expect(report.problems).toEqual([]);
  expect(report.unknown).toEqual([]);
  expect(report.warnings).toEqual([]);
  return config as Config;
}

test.each(readdirSync(examples))('the example %s is understood as a whole', (name) => {
  expect(load(name)).toBeDefined();
});

test('entries of the selection keep what they say about their services', () => {
  const { instrument } = load('per-service.yml').discovery;
  expect(instrument.map((entry) => entry.exports)).toEqual([['metrics'], ['traces'], [], undefined, undefined]);
  expect(instrument[1]?.sampler).toEqual({ name: 'traceidratio', arg: '0.1' });
  expect(instrument[3]?.metrics.features).toEqual(['application', 'application_span']);
  expect(instrument[4]?.k8s_pod_labels?.['instrument']?.matches('beyla')).toBe(true);
  expect(instrument[4]?.routes).toEqual({ incoming: ['/api/users/{id}'], outgoing: ['/*'] });
});

test('filters, buckets and selections arrive as they are written', () => {
  const config = load('network.yml');
  expect(config.metrics.features).toEqual(['application', 'network']);
  expect(config.filter.network['dst_port']?.equals).toBe(443);
  expect(config.filter.application['url.path']?.not_match?.matches('/ready/now')).toBe(true);
  expect(config.otel_metrics_export.buckets.duration_histogram).toEqual([0, 1, 2]);
  expect(config.attributes.select['beyla_network_flow_bytes']?.include).toContain('src.cidr');
  expect(config.attributes.kubernetes.enable).toBe('true');
});

test('rules for headers keep their order', () => {
  const { rules } = load('headers.yml').ebpf.payload_extraction.http.enrichment;
  expect(rules.map(({ action }) => action)).toEqual(['include', 'obfuscate']);
  expect(rules[0]?.match.patterns[0]?.matches('x-request-id')).toBe(true);
});
