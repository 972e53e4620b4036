import { cpus } from 'node:os';
import { expect, test } from 'vitest';
import { defaultMetricsOptions } from '../../../src/metrics/metrics.ts';
import { ProcessSeries } from '../../../src/metrics/process-series.ts';
import { testSample } from '../../support/process-samples.ts';
import { testService } from '../../support/spans.ts';

const options = { ...defaultMetricsOptions, features: ['application_process'], ttlMs: 60_000 };
const first = testSample();
const { atMs } = first;

/** Value of each point of the first process, by metric and mode or direction. */
function values(series: ProcessSeries, nowMs = atMs): Record<string, number> {
  const [observation] = series.observations(nowMs);
  const entries = (observation?.points ?? []).map(({ metric, attributes, value }) => {
    const by = Object.entries(attributes).find(([name]) => /mode|direction/.test(name))?.[1];
    return [by === undefined ? metric.name : `${metric.name} ${by}`, value];
  });
  return Object.fromEntries(entries);
}

test('CPU time is told from the start of the process, utilization from the look before', () => {
  const series = new ProcessSeries(options);
  series.record(first);
  expect(values(series)).toMatchObject({ 'process.cpu.time user': 0.75, 'process.cpu.time system': 0.25 });
  expect(values(series)).not.toHaveProperty('process.cpu.utilization user');
  series.record({ ...first, atMs: atMs + 5_000, cpuSeconds: { user: 3.25, system: 0.25, wait: 0 } });
  expect(values(series)).toMatchObject({
    'process.cpu.time user': 3.25,
    'process.cpu.utilization user': 0.5 / cpus().length,
    'process.cpu.utilization system': 0,
  });
});

test('network bytes count from the first look on, and totals that shrink count nothing', () => {
  const series = new ProcessSeries(options);
  series.record(first);
  for (const receive of [1_500, 10, 30]) series.record({ ...first, network: { receive, transmit: 2_000 } });
  expect(values(series)).toMatchObject({ 'process.network.io receive': 520, 'process.network.io transmit': 0 });
});

test('another process under the same pid begins anew', () => {
  const series = new ProcessSeries(options);
  series.record(first);
  series.record({ ...first, startTicks: 9_000, network: { receive: 5_000, transmit: 5_000 } });
  expect(values(series)).not.toHaveProperty('process.cpu.utilization user');
  expect(values(series)).toMatchObject({ 'process.network.io receive': 0 });
});

test('a process that has gone, or was not seen for the time to live, is not told of', () => {
  const series = new ProcessSeries(options);
  series.record(first);
  expect(values(series, atMs + 60_000)).not.toEqual({});
  expect(values(series, atMs + 60_001)).toEqual({});
  series.forget(first.pid);
  expect(values(series)).toEqual({});
});

test('a service wants it when its features have it', () => {
  const wants = (features: readonly string[], own?: readonly string[]) =>
    new ProcessSeries({ ...options, features }).wants(testService(own === undefined ? {} : { features: own }));
  expect([wants(['application_process']), wants(['*']), wants(['application'])]).toEqual([true, true, false]);
  expect(wants(['application'], ['application_process'])).toBe(true);
  expect(wants(['application_process'], ['application'])).toBe(false);
});
