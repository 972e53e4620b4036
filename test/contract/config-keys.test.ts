import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/load.ts';
import { isSetting, type Setting, type Tree } from '../../src/config/tree.ts';
import type { Written } from '../../src/config/written.ts';
import { schema } from '../../src/schema.ts';

/** Keys, variables and defaults of the reference, transcribed from its documents and sources. */
function rowsOf(name: string): readonly Readonly<Record<string, string>>[] {
  const text = readFileSync(new URL(`../fixtures/config/${name}`, import.meta.url), 'utf8');
  const [head = '', ...lines] = text.trimEnd().split('\n');
  const columns = head.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']));
  });
}

function settingAt(path: string): Setting | undefined {
  let node: Setting | Tree | undefined = schema;
  for (const part of path.split('.')) {
    const isEntry = part.endsWith('[]');
    node = (node as Tree | undefined)?.[isEntry ? part.slice(0, -2) : part];
    if (isEntry && node !== undefined && isSetting(node)) node = node.children;
  }
  return node !== undefined && isSetting(node) ? node : undefined;
}

/** A value that is right for a variable and sets no other key. */
function sampleFor(setting: Setting): string {
  const { format, default: initial, items } = setting;
  if (typeof format !== 'string') return format.find((word) => word !== '' && word !== initial) ?? '';
  if (items !== undefined) return items.of.find((word) => word !== '' && word !== initial) ?? '';
  if (format === 'boolean') return 'false';
  if (format === 'int' || format === 'float' || format === 'ports') return '0';
  if (format === 'duration') return '7s';
  if (format === 'map') return 'a:b';
  if (format === 'pairs') return 'a=b';
  if (format === 'cidrs') return '10.0.0.0/8';
  if (format === 'loglevel') return 'DEBUG';
  return 'sample';
}

function originOf(key: string, env: Readonly<Record<string, string>>): unknown {
  return readConfig({ path: '', env, readFile: () => '' }).report.effective.get(key)?.origin;
}

const prefixes = ['OTEL_EBPF_', 'BEYLA_', 'BEYLA_OTEL_'];

function spelt(variable: string, prefix: string): string {
  const suffix = /^(?:OTEL_EBPF_|BEYLA_)(.*)/.exec(variable)?.[1];
  return suffix === undefined ? variable : prefix + suffix;
}

const keys = rowsOf('keys.tsv');

describe('every key of the reference', () => {
  test('is there', () => {
    expect(keys.filter(({ key = '' }) => settingAt(key) === undefined)).toEqual([]);
    expect(keys.length).toBeGreaterThan(400);
  });

  test.each(keys.filter((row) => row['default'] !== '*'))(
    '$key has its default',
    ({ key = '', default: initial = '' }) => {
      const written = settingAt(key)?.default;
      const isNothing =
        written === undefined || written === '' || JSON.stringify(written) === '[]' || JSON.stringify(written) === '{}';
      expect(initial === '' ? isNothing : JSON.stringify(written) === JSON.stringify(JSON.parse(initial))).toBe(true);
    },
  );

  const variables = keys.flatMap(({ key = '', variables: names = '' }) =>
    names === '' ? [] : names.split(',').map((variable, rank) => ({ key, variable, rank })),
  );

  // All variables of one spelling are set at once; second names, which give way to first ones, in a round of their own.
  const rounds = [0, 1].flatMap((rank) => prefixes.map((prefix) => ({ rank, prefix })));
  test.each(rounds)('has its variables (name $rank of each, spelt with $prefix)', ({ rank, prefix }) => {
    const round = variables.filter((each) => each.rank === rank);
    const named = round.map(({ key, variable }) => ({ key, name: spelt(variable, prefix) }));
    const env = Object.fromEntries(named.map(({ key, name }) => [name, sampleFor(settingAt(key) as Setting)]));
    const { effective } = readConfig({ path: '', env, readFile: () => '' }).report;
    const origins = named.map(({ key }) => ({ key, origin: effective.get(key)?.origin }));
    expect(origins).toEqual(named.map(({ key, name }) => ({ key, origin: { from: 'variable', name } })));
  });
});

function expected(written: string): Written {
  return JSON.parse(written) as Written;
}

describe('names of other versions', () => {
  test.each(rowsOf('old-variables.tsv'))(
    'the variable $variable works, with one line',
    ({ variable = '', value = '', key = '', written = '' }) => {
      const { report } = readConfig({ path: '', env: { [variable]: value }, readFile: () => '' });
      const given = report.effective.get(key);
      expect(given?.origin).toEqual({ from: 'variable', name: variable });
      if (written !== '*') expect(given?.written).toEqual(expected(written));
      expect(report.deprecated.filter(({ where }) => where === `variable ${variable}`)).toHaveLength(1);
      expect(report.unknown).toEqual([]);
    },
  );

  test.each(rowsOf('old-keys.tsv'))(
    'the key $key works, with one line',
    ({ key = '', value = '', today = '', written = '' }) => {
      const parts = key.split('.');
      const text = parts.map((part, i) => `${'  '.repeat(i)}${part}:`).join('\n');
      const { report } = readConfig({ path: 'old.yaml', env: {}, readFile: () => `${text} ${value}\n` });
      const given = report.effective.get(today);
      expect(given?.origin).toMatchObject({ from: 'file' });
      if (written !== '*') expect(given?.written).toEqual(expected(written));
      expect(report.deprecated).toHaveLength(1);
      expect(report.unknown).toEqual([]);
    },
  );

  test.each(rowsOf('old-variables.tsv').filter(({ written }) => written !== '*'))(
    '$variable gives way to the name of today',
    ({ variable = '', value = '', key = '' }) => {
      const setting = settingAt(key) as Setting;
      const today = [setting.env ?? []].flat()[0];
      if (today === undefined) return;
      const env = { [variable]: value, [today]: sampleFor(setting) };
      expect(originOf(key, env)).toEqual({ from: 'variable', name: today });
    },
  );
});
