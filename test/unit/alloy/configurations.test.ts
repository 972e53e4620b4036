import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '../../../src/config/load.ts';

const folder = join(import.meta.dirname, '../../../alloy');
const files = globSync('*.yml', { cwd: folder }).sort();

function load(file: string) {
  return readConfig({ path: join(folder, file), env: {}, readFile: (path) => readFileSync(path, 'utf8') }).config;
}

test('there is one of each vintage', () => {
  expect(files).toEqual(['instrumenter-config-1.x.yml', 'instrumenter-config-otelauto.yml', 'instrumenter-config.yml']);
});

test.each(files)('%s sends metrics and traces to the receiver on this host', (file) => {
  expect(load(file)).toMatchObject({
    otel_metrics_export: { endpoint: 'http://localhost:4318' },
    otel_traces_export: { endpoint: 'http://localhost:4318' },
  });
});

test("today's names the port in a selector", () => {
  const instrument = load('instrumenter-config.yml')?.discovery.instrument;
  expect(instrument).toHaveLength(1);
  expect(JSON.stringify(instrument)).toContain('443');
});

test.each(files.filter((file) => file !== 'instrumenter-config.yml'))('%s names the port for all', (file) => {
  expect(load(file)?.discovery.instrument).toHaveLength(0);
  expect(JSON.stringify(load(file)?.open_port)).toContain('443');
});
