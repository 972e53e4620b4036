import { expect, test } from 'vitest';
import { configCheck } from '../../src/command/config-check.ts';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/config/problem.ts';
import { badConfigurations } from '../fixtures/config/bad.ts';

function refusalOf(yaml: string | undefined, env: Readonly<Record<string, string>> = {}): ConfigError {
  try {
    const argv = yaml === undefined ? [] : ['-config', 'beyla.yml'];
    loadConfig({ argv, env, readFile: () => yaml ?? '' });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

test.each(badConfigurations)('$name is refused with all that is needed to mend it', ({ yaml, env, says }) => {
  const { message } = refusalOf(yaml, env);
  for (const part of says) expect(message).toContain(part);
  expect(message).toMatch(/^wrong configuration/);
  expect(message).not.toMatch(/\n {4}at /);
});

test.each(badConfigurations)('$name makes the check end with 1', ({ yaml, env, says }) => {
  const path = yaml === undefined ? '' : 'beyla.yml';
  const { output, exitCode } = configCheck({ path, env: env ?? {}, readFile: () => yaml ?? '' });
  expect(exitCode).toBe(1);
  for (const part of says) expect(output).toContain(part);
});

test('all faults are told at once, each with its place', () => {
  const yaml = 'open_port: 80a\nlog_level: loud\nebpf:\n  batch_timeout: 5\nroutes:\n  patterns: /a\n';
  const { problems } = refusalOf(yaml, { BEYLA_TRACE_PRINTER: 'xml' });
  expect(problems.map(({ where, key }) => `${where} ${key}`)).toEqual([
    'beyla.yml:4 ebpf.batch_timeout',
    'beyla.yml:6 routes.patterns',
    'beyla.yml:1 open_port',
    'beyla.yml:2 log_level',
    'variable BEYLA_TRACE_PRINTER trace_printer',
  ]);
});

test('a secret is not part of a message', () => {
  const { message } = refusalOf('open_port: 1\ngrafana: {otlp: {cloud_api_key: [hunter2]}}\n');
  expect(message).not.toContain('hunter2');
});

test('a file that cannot be read is named', () => {
  const readFile = (): string => {
    throw new Error('ENOENT: no such file or directory');
  };
  const load = () => loadConfig({ argv: ['-config', '/etc/none.yml'], env: {}, readFile });
  expect(load).toThrow("can't open /etc/none.yml");
});
