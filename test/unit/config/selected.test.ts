import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { type Selected, selectedBy } from '../../../src/config/selected.ts';
import { formatPorts } from '../../../src/lib/ports.ts';

function selected(yaml: string, env: Readonly<Record<string, string>> = {}): Selected {
  const all = { BEYLA_TRACE_PRINTER: 'text', ...env };
  return selectedBy(loadConfig({ argv: ['-config', 'b.yml'], env: all, readFile: () => yaml }).config);
}

function shown({ include }: Selected): readonly string[] {
  return include.map(({ exe_path: path, open_ports: ports, languages }) => {
    return [path?.text, languages?.text, ports && formatPorts(ports)].filter((part) => part !== undefined).join(' ');
  });
}

describe('the first rule that applies decides', () => {
  test('process ids stand alone', () => {
    const result = selected(
      'target_pids: 7\nopen_port: 80\nservice_name: shop\ndiscovery: {instrument: [{exe_path: "*"}]}',
    );
    expect(formatPorts(result.pids ?? [])).toBe('7');
    expect(result.include).toHaveLength(1);
    expect(result.include[0]).toMatchObject({ name: 'shop', exe_path: undefined });
  });

  test('the lists of regular expressions count while there are none of globs', () => {
    const yaml =
      'executable_name: x\nopen_port: 80\ndiscovery: {services: [{exe_path_regexp: a}], exclude_services: [{exe_path: b}]}';
    const result = selected(yaml);
    expect(shown(result)).toEqual(['a', 'x 80']);
    expect(result.exclude[0]?.exe_path?.text).toBe('b');
    expect(result.exclude[1]?.exe_path?.matches('/bin/beyla')).toBe(true);
  });

  test('the list of globs puts the list of regular expressions and the executable name aside', () => {
    const yaml =
      'executable_name: x\nopen_port: 80\ndiscovery: {instrument: [{exe_path: a}], services: [{exe_path: b}]}';
    expect(shown(selected(yaml))).toEqual(['a', '80']);
    expect(shown(selected(yaml, { BEYLA_AUTO_TARGET_EXE: '*c' }))).toEqual(['a', '*c 80']);
  });

  test('otherwise the glob, and last the regular expression, both together with the ports', () => {
    expect(shown(selected('executable_name: x\nopen_port: 80', { BEYLA_AUTO_TARGET_LANGUAGE: 'go' }))).toEqual([
      'go 80',
    ]);
    expect(shown(selected('executable_name: x\nopen_port: 80'))).toEqual(['x 80']);
  });
});

test('the name of the service goes to the top-level entry only', () => {
  const { include } = selected('service_name: shop\nopen_port: 80\ndiscovery: {instrument: [{exe_path: a}]}');
  expect(include.map(({ name }) => name)).toEqual(['', 'shop']);
});

test('the agent and its kin are excluded, unless the list is emptied', () => {
  const paths = ['/usr/bin/beyla', '/opt/alloy', '/otelcol-contrib', '/otelcol-contrib-2'];
  const { exclude } = selected('open_port: 80');
  expect(paths.every((path) => exclude.some((entry) => entry.exe_path?.matches(path)))).toBe(true);
  expect(exclude.some((entry) => entry.exe_path?.matches('/opt/shop'))).toBe(false);
  expect(selected('open_port: 80\ndiscovery: {default_exclude_instrument: []}').exclude).toEqual([]);
});
