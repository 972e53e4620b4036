import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { configCheck } from '../../src/command/config-check.ts';
import { configDiff } from '../../src/command/config-diff.ts';
import { readConfig } from '../../src/config/load.ts';
import { warningsOf } from '../../src/config/tell.ts';

const samples = new URL('../fixtures/config/check/', import.meta.url);

function sample(name: string): string {
  return readFileSync(new URL(name, samples), 'utf8');
}

test.each(['1.x', '2.x', '3.x'])('the report on a file of Beyla %s lists exactly what differs', async (vintage) => {
  const env = { GRAFANA_API_KEY: 'glc_secret' };
  const { output, exitCode } = configCheck({ path: `${vintage}.yml`, env, readFile: sample });
  await expect(output).toMatchFileSnapshot(`../fixtures/config/check/${vintage}.txt`);
  expect(output).not.toContain('glc_secret');
  expect(exitCode).toBe(0);
});

test('with -all, every setting is listed with where it comes from', () => {
  const sources = { path: '3.x.yml', env: { BEYLA_METRICS_TTL: '1s' }, readFile: sample };
  const { output } = configCheck(sources, { showsDefaults: true });
  expect(output).toContain('prometheus_export.path: /metrics  # default');
  expect(output).toContain('otel_metrics_export.ttl: 1s  # variable BEYLA_METRICS_TTL');
  expect(output).toContain('log_level: DEBUG  # 3.x.yml:2');
});

test('the agent says at start what is deprecated, unknown and without effect, each name once', () => {
  const env = { PRINT_TRACES: '1', OTEL_EBPF_METRICS_FEATURES: 'application,network' };
  const warnings = warningsOf(readConfig({ path: '3.x.yml', env, readFile: sample }).report);
  const lines = warnings.map(({ message, fields }) => `${message} ${JSON.stringify(fields)}`);
  expect(lines).toHaveLength(4);
  expect(lines[0]).toContain('deprecated setting PRINT_TRACES');
  expect(lines[1]).toContain('unknown setting routes.max_path_segment_cardinalty: did you mean');
  expect(lines[2]).toContain('ebpf.buffer_sizes.http, javaagent.enabled');
  expect(lines[3]).toContain('discovery.min_process_age (');
  expect(lines[3]).toContain('metrics.features (');
});

test('a dry run of a reload prints what it would change', () => {
  const files: Readonly<Record<string, string>> = {
    'now.yml': 'open_port: 80\ntrace_printer: text\n',
    'next.yml': 'open_port: 81\ntrace_printer: json\n',
    'bad.yml': 'open_port: x\n',
  };
  const sources = { path: 'now.yml', env: {}, readFile: (path: string) => files[path] ?? '' };
  expect(configDiff(sources, 'next.yml')).toEqual({
    output: 'Changes on reload:\n  open_port: "80" -> "81"\nNeeds a restart:\n  trace_printer: text -> json\n',
    exitCode: 0,
  });
  expect(configDiff(sources, 'now.yml')).toEqual({ output: 'No difference.\n', exitCode: 0 });
  expect(configDiff(sources, 'bad.yml')).toMatchObject({ exitCode: 1 });
  expect(configDiff(sources, 'bad.yml').output).toContain('bad.yml:1: open_port');
});
