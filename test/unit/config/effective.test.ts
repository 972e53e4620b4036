import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { printEffective } from '../../../src/config/effective.ts';
import { readConfig } from '../../../src/config/load.ts';

const yaml = `open_port: 80-81
trace_printer: text
routes:
otel_traces_export: {endpoint: "https://me:hunter2@tempo/x"}
grafana: {otlp: {cloud_api_key: hunter2}}
`;
const { report } = readConfig({ path: 'b.yml', env: { BEYLA_AUTO_TARGET_EXE: '*/x' }, readFile: () => yaml });

test('the effective configuration is printed as a file that means the same, without secrets', () => {
  const text = printEffective(report, 'yaml');
  expect(text).not.toContain('hunter2');
  expect(parse(text)).toMatchObject({
    open_port: '80-81',
    auto_target_exe: '*/x',
    routes: null,
    ebpf: { batch_length: 100 },
    otel_traces_export: { endpoint: 'https://***@tempo/x' },
    grafana: { otlp: { cloud_api_key: '***', cloud_zone: '' } },
  });
});

test('in JSON, on one line', () => {
  const text = printEffective(report, 'json');
  expect(text.split('\n')).toHaveLength(2);
  expect(JSON.parse(text)).toEqual(parse(printEffective(report, 'yaml')));
});
