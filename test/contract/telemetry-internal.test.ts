import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PrometheusSink, prometheusSink } from '../../src/export/prometheus.ts';
import { Activity } from '../../src/telemetry/activity.ts';
import { counters } from '../../src/telemetry/counters.ts';
import { Histogram } from '../../src/telemetry/histogram.ts';
import { internals } from '../../src/telemetry/internal.ts';
import { internalRows } from '../support/internal-table.ts';
import { type Sample, scrape } from '../support/prometheus-text.ts';

const path = '/internal/metrics';
const shown = internalRows.filter(({ absent, page }) => absent === undefined && page === undefined);
const withdraw: (() => void)[] = [];
let sink: PrometheusSink;
let text = '';
let samples: Sample[] = [];

beforeAll(async () => {
  const flushes = new Histogram([0, 10, 20, 40, 80, 160, 320]);
  flushes.observe(15);
  const activity = new Activity();
  activity.record([{ service: { name: 'shop', namespace: '', pid: 1 } }]);
  withdraw.push(
    internals.provide('ebpf_tracer_flushes', () => [{ labels: {}, value: flushes.state() }]),
    internals.provide('service_requests_total', () => activity.requests()),
  );
  counters.add('otel_metric_export_errors', 'http_500');
  counters.add('otel_trace_export_errors', 'http_500');
  counters.add('instrumentation_errors', 'inspection_failed my program');
  sink = prometheusSink({
    internal: { port: 0, path },
    closeMs: 500,
    onFatal: (error) => expect(error).toBeUndefined(),
  });
  await sink.start();
  const url = `http://127.0.0.1:${sink.ports[0]}${path}`;
  text = await (await fetch(url)).text();
  samples = await scrape(url);
});

afterAll(async () => {
  for (const one of withdraw) one();
  await sink.stop();
});

const labelsOf = (name: string) => samples.filter((sample) => sample.name === name).map(({ labels }) => labels);

test.each(shown)('$name is a $type', ({ name, type }) => {
  expect(text).toContain(`# TYPE ${name} ${type}\n`);
  expect(text).toMatch(new RegExp(`^# HELP ${name} \\S`, 'm'));
});

test.each(internalRows.filter(({ absent }) => absent !== undefined))(
  '$name is not there before $absent',
  ({ name }) => {
    expect(text).not.toContain(name);
  },
);

test.each([
  ['beyla_otel_metric_export_errors_total', { error: 'http_500' }],
  ['beyla_otel_trace_export_errors_total', { error: 'http_500' }],
  ['beyla_instrumentation_errors_total', { error_type: 'inspection_failed', process_name: 'my program' }],
  ['beyla_service_requests_total', { service_name: 'shop', service_namespace: '' }],
])('%s has its labels', (name, labels) => {
  expect(labelsOf(name)).toContainEqual(labels);
  const row = internalRows.find((one) => one.name === name);
  if (row !== undefined) expect(Object.keys(labels).sort()).toEqual(row.labels.toSorted());
});

test.each(shown.filter(({ bounds }) => bounds !== undefined))('$name has its bounds', ({ name, bounds = [] }) => {
  const found = labelsOf(`${name}_bucket`).map((labels) => labels['le']);
  expect(found).toEqual([...bounds.map(String), '+Inf']);
  expect(samples.find((sample) => sample.name === `${name}_sum`)?.value).toBe(15);
  expect(samples.find((sample) => sample.name === `${name}_count`)?.value).toBe(1);
});

test('a scrape counts itself by port and path', () => {
  expect(labelsOf('beyla_prometheus_http_requests_total')).toContainEqual({ port: String(sink.ports[0]), path });
});

test('in the form of OpenMetrics the bounds of buckets are floats and counters end in _total once', async () => {
  const url = `http://127.0.0.1:${sink.ports[0]}${path}`;
  const open = await (await fetch(url, { headers: { accept: 'application/openmetrics-text' } })).text();
  expect(open).toContain('beyla_ebpf_tracer_flushes_bucket{le="20.0"} 1\n');
  expect(open).toContain('# TYPE beyla_service_requests counter\n');
  expect(open).toContain('beyla_service_requests_total{');
  expect(open.endsWith('# EOF\n')).toBe(true);
});
