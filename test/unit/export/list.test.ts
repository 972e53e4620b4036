import { expect, test } from 'vitest';
import type { ExportOptions } from '../../../src/export/exporter.ts';
import { openExporters } from '../../../src/export/list.ts';
import { defaultRetry } from '../../../src/export/otlp-retry.ts';
import { defaultMetricsOptions } from '../../../src/metrics/metrics.ts';

const nothing: ExportOptions = { select: {}, closeMs: 100, onFatal: () => {} };
const prometheus = {
  port: 0,
  path: '/metrics',
  ttlMs: 300_000,
  extraResourceAttributes: [],
  disableBuildInfo: false,
  metrics: defaultMetricsOptions,
};
const otlp = {
  target: { url: 'http://127.0.0.1:9/v1/x', protocol: 'http/protobuf', headers: {} },
  timeoutMs: 100,
  gzip: false,
  tls: { insecureSkipVerify: false, caFile: '', certFile: '', keyFile: '' },
  retry: defaultRetry,
} as const;
const otlpMetrics = {
  ...otlp,
  metrics: defaultMetricsOptions,
  intervalMs: 60_000,
  ttlMs: 300_000,
  temporality: 'cumulative',
} as const;
const otlpTraces = {
  ...otlp,
  instrumentations: ['http'],
  sampler: { name: 'always_on', ratio: 1 },
  batchMaxSize: 10,
  batchTimeoutMs: 10,
  queueSize: 10,
} as const;

test('nothing is open that nobody asked for', () => {
  expect(openExporters(nothing)).toMatchObject({ names: [], needsIds: false });
});

test('everything that was asked for is open', () => {
  const printer = { format: 'text', vintage: 'current' } as const;
  expect(openExporters({ ...nothing, printer, prometheus, otlpMetrics, otlpTraces }).names).toEqual([
    'trace printer',
    'prometheus',
    'otlp traces',
    'otlp metrics',
  ]);
});

test.each([
  [{ prometheus }, false],
  [{ otlpMetrics }, false],
  [{ otlpTraces }, true],
  [{ printer: { format: 'json', vintage: 'current' } }, true],
] as const)('ids are needed where spans are shown one by one', (options, needsIds) => {
  expect(openExporters({ ...nothing, ...options }).needsIds).toBe(needsIds);
});

test('an endpoint that is none turns traces off, and for metrics is told to the agent', () => {
  const target = { ...otlp.target, url: 'unix://' } as const;
  expect(openExporters({ ...nothing, otlpTraces: { ...otlpTraces, target } }).names).toEqual([]);
  const errors: string[] = [];
  const onFatal = ({ message }: Error) => void errors.push(message);
  openExporters({ ...nothing, onFatal, otlpMetrics: { ...otlpMetrics, target } });
  expect(errors).toEqual([expect.stringContaining('does not name a unix socket')]);
});

test('the protocol debug prints spans', () => {
  const target = { url: '', protocol: 'debug', headers: {} } as const;
  expect(openExporters({ ...nothing, otlpTraces: { ...otlpTraces, target } }).names).toEqual(['trace printer']);
});
