import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { defaultMetricsOptions } from '../../src/metrics/metrics.ts';
import { ProcessSeries } from '../../src/metrics/process-series.ts';
import type { Select } from '../../src/metrics/selection.ts';
import { aggregate } from '../support/aggregate.ts';
import { plain, type ReceivedRequest } from '../support/otlp-receiver.ts';
import { pageOf, pushOf } from '../support/pages.ts';
import { testSample } from '../support/process-samples.ts';
import { parseSamples, type Sample, samplesOf } from '../support/prometheus-text.ts';

interface Row {
  readonly name: string;
  readonly prometheus: string;
  readonly type: 'counter' | 'gauge' | 'level';
  readonly unit: string;
  readonly by: Readonly<Record<string, readonly string[]>>;
}

const table: {
  readonly attributes: readonly string[];
  readonly labels: readonly string[];
  readonly process: readonly string[];
  readonly optIn: readonly string[];
  readonly metrics: readonly Row[];
} = JSON.parse(readFileSync(new URL('../fixtures/telemetry/process-metrics.json', import.meta.url), 'utf8'));

const everything: Select = { 'process.*': { include: ['*'] } };

function underscored(names: readonly string[]): string[] {
  return names.map((name) => name.replaceAll('.', '_')).sort();
}

async function told(select: Select): Promise<{ readonly text: string; readonly requests: readonly ReceivedRequest[] }> {
  const processes = new ProcessSeries({
    ...defaultMetricsOptions,
    features: ['application_process'],
    ttlMs: 0,
    select,
  });
  const sample = testSample();
  const service = { ...sample.service, namespace: 'shop' };
  processes.record({ ...sample, service });
  processes.record({ ...sample, service, atMs: sample.atMs + 1_000 });
  const { metrics, services } = aggregate();
  const observed = [processes];
  return { text: await pageOf({ metrics, services, observed }), requests: await pushOf({ metrics, observed }) };
}

describe.each([
  { of: 'by default', select: {}, process: table.process },
  { of: 'when all are asked for', select: everything, process: [...table.process, ...table.optIn] },
])('metrics of processes $of', ({ select, process }) => {
  let text = '';
  let samples: Sample[] = [];
  let requests: readonly ReceivedRequest[] = [];

  beforeAll(async () => {
    ({ text, requests } = await told(select));
    samples = parseSamples(text);
  });

  test.each(table.metrics)('$name as a page shows it', ({ prometheus, type, by }) => {
    expect(text).toContain(`# TYPE ${prometheus} ${type === 'counter' ? 'counter' : 'gauge'}\n`);
    const shown = samplesOf(samples, prometheus);
    const [name = '', values = ['']] = Object.entries(by)[0] ?? [];
    expect(shown.map(({ labels }) => labels[name.replaceAll('.', '_')] ?? '').sort()).toEqual([...values].sort());
    const names = [...table.attributes, ...table.labels, ...process, ...Object.keys(by)];
    expect(Object.keys(shown[0]?.labels ?? {})).toEqual(underscored(names));
  });

  test.each(table.metrics)('$name as it is pushed', ({ name, type, unit, by }) => {
    const [resource] = requests.flatMap(({ resourceMetrics }) => resourceMetrics ?? []);
    const metric = resource?.scopeMetrics[0]?.metrics.find((each) => each.name === name);
    const points = (type === 'gauge' ? metric?.gauge : metric?.sum)?.dataPoints ?? [];
    expect(metric?.unit).toBe(unit);
    if (type !== 'gauge') expect(Boolean(metric?.sum?.isMonotonic)).toBe(type === 'counter');
    expect(Object.keys(plain(points[0]?.attributes ?? [])).sort()).toEqual(
      [...table.attributes, ...Object.keys(by)].sort(),
    );
    expect(Object.keys(plain(resource?.resource.attributes ?? []))).toEqual(
      expect.arrayContaining([...process, 'process.creation.time', 'service.instance.id']),
    );
  });
});
