import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/config/load.ts';
import { type RuleSet, rulesOf, survivors } from '../../../src/discover/rules.ts';
import { rule, rules } from '../../support/rules.ts';

interface Written {
  /** YAML. */
  readonly file?: string;
  readonly env?: Readonly<Record<string, string>>;
}

function rulesFor({ file = '', env = {} }: Written): RuleSet {
  const { config, report } = readConfig({
    path: file === '' ? '' : 'beyla.yml',
    env: { BEYLA_TRACE_PRINTER: 'text', ...env },
    readFile: () => file,
  });
  if (config === undefined) throw new Error(JSON.stringify(report));
  return rulesOf(config, config.discovery);
}

const origins = (set: RuleSet) => set.include.map(({ origin }) => origin);
const excluding = (set: RuleSet) => set.exclude.map(({ origin }) => origin);
const defaultGlobs = [0, 1, 2].map((i) => `discovery.default_exclude_instrument[${i}]`);
const defaultRegexps = [0, 1].map((i) => `discovery.default_exclude_services[${i}]`);

describe('the lists that count', () => {
  const instrument = 'discovery: { instrument: [ { open_ports: 80 }, { exe_path: "*shop" } ]';
  const services = 'services: [ { exe_path: shop } ]';

  test.each<[string, Written, string[]]>([
    ['a port alone', { env: { BEYLA_OPEN_PORT: '80' } }, ['open_port']],
    ['a name alone', { env: { BEYLA_EXECUTABLE_NAME: 'shop' } }, ['executable_name']],
    [
      'both make one entry',
      { env: { BEYLA_OPEN_PORT: '80', BEYLA_EXECUTABLE_NAME: 'x' } },
      ['executable_name and open_port'],
    ],
    [
      'a glob stands before the name',
      { env: { BEYLA_AUTO_TARGET_EXE: '*x', BEYLA_EXECUTABLE_NAME: 'x' } },
      ['auto_target_exe'],
    ],
    [
      'a language',
      { env: { BEYLA_AUTO_TARGET_LANGUAGE: 'go', BEYLA_OPEN_PORT: '80' } },
      ['auto_target_language and open_port'],
    ],
    ['a list of globs', { file: `${instrument} }` }, ['discovery.instrument[0]', 'discovery.instrument[1]']],
    [
      'the port joins a list of globs',
      { file: `${instrument} }`, env: { BEYLA_OPEN_PORT: '90' } },
      ['discovery.instrument[0]', 'discovery.instrument[1]', 'open_port'],
    ],
    [
      'the old list',
      { file: `discovery: { ${services} }`, env: { BEYLA_OPEN_PORT: '90' } },
      ['discovery.services[0]', 'open_port'],
    ],
    [
      'globs beat the old list',
      { file: `${instrument}, ${services} }` },
      ['discovery.instrument[0]', 'discovery.instrument[1]'],
    ],
    [
      'exclusion by globs beats it, too',
      { file: `discovery: { ${services}, exclude_instrument: [ { exe_path: x } ] }`, env: { BEYLA_OPEN_PORT: '90' } },
      ['open_port'],
    ],
    [
      'pids beat everything',
      { file: `${instrument}, ${services} }`, env: { BEYLA_TARGET_PID: '5', BEYLA_OPEN_PORT: '90' } },
      ['target_pids'],
    ],
  ])('%s', (_, written, expected) => {
    expect(origins(rulesFor(written))).toEqual(expected);
  });

  test.each<[string, Written, string[]]>([
    ['globs', { env: { BEYLA_OPEN_PORT: '80' } }, defaultGlobs],
    ['regular expressions', { file: `discovery: { ${services} }` }, defaultRegexps],
    [
      'own ones first',
      { file: `${instrument}, exclude_instrument: [ { open_ports: 81 } ] }` },
      ['discovery.exclude_instrument[0]', ...defaultGlobs],
    ],
    ['switched off', { file: `${instrument}, default_exclude_instrument: [] }` }, []],
  ])('of exclusions: %s', (_, written, expected) => {
    expect(excluding(rulesFor(written))).toEqual(expected);
  });
});

test('all criteria of an entry are taken over', () => {
  const [found] = rulesFor({
    file: `
discovery:
  instrument:
    - { open_ports: "80,90-99", exe_path: "*/a", cmd_args: "-x*", languages: go, target_pids: [7], containers_only: true,
        k8s_namespace: front, k8s_pod_labels: { app: "s*" }, container_name: c }
`,
  }).include;
  const { openPorts, exePath, cmdArgs, languages, targetPids, containersOnly, metadata } = found?.criteria ?? {};
  expect(openPorts).toEqual([
    { from: 80, to: 80 },
    { from: 90, to: 99 },
  ]);
  expect(targetPids).toEqual([{ from: 7, to: 7 }]);
  expect(containersOnly).toBe(true);
  expect([exePath?.text, cmdArgs?.text, languages?.text]).toEqual(['*/a', '-x*', 'go']);
  const texts = Object.entries(metadata ?? {}).map(([key, { text }]) => [key, text]);
  expect(Object.fromEntries(texts)).toEqual({
    k8s_namespace: 'front',
    'k8s_pod_labels.app': 's*',
    container_name: 'c',
  });
});

test('everything that an entry gives to its matches is taken over', () => {
  const [found] = rulesFor({
    file: `
discovery:
  instrument:
    - { open_ports: 80, name: n, namespace: s, exports: [metrics], sampler: { name: traceidratio, arg: "0.1" },
        routes: { incoming: [/a] }, metrics: { features: [application_span] } }
`,
  }).include;
  expect(found?.overrides).toEqual({
    name: 'n',
    namespace: 's',
    exports: ['metrics'],
    sampler: { name: 'traceidratio', arg: '0.1' },
    routes: { incoming: ['/a'], outgoing: [] },
    features: ['application_span'],
  });
});

test('an entry without anything to give gives nothing', () => {
  expect(rulesFor({ file: 'discovery: { instrument: [ { open_ports: 80 } ] }' }).include[0]?.overrides).toEqual({});
});

test('an empty list of exports is not the same as none', () => {
  const [found] = rulesFor({ file: 'discovery: { instrument: [ { open_ports: 80, exports: [] } ] }' }).include;
  expect(found?.overrides.exports).toEqual([]);
});

test('the name of the top level belongs to what the top level selects', () => {
  const set = rulesFor({
    file: 'discovery: { instrument: [ { open_ports: 80 } ] }',
    env: { BEYLA_OPEN_PORT: '90', OTEL_SERVICE_NAME: 'shop', BEYLA_SERVICE_NAMESPACE: 'space' },
  });
  expect(set.include.map(({ overrides }) => overrides)).toEqual([{}, { name: 'shop', namespace: 'space' }]);
});

test('the old name of the path works in the old list', () => {
  const [found] = rulesFor({ file: 'discovery: { services: [ { exe_path_regexp: "sh.p$" } ] }' }).include;
  expect(found?.criteria.exePath?.matches('/opt/shop')).toBe(true);
});

test('a rule survives when another set has one that looks at the same', () => {
  const before = [rule('a', { exePath: '*shop' }), rule('b', { openPorts: '80' })];
  const after = rules([rule('c', { exePath: '*shop' }, { name: 'new' }), rule('d', { openPorts: '81' })]);
  expect(survivors(before, after).map(({ origin }) => origin)).toEqual(['c']);
});
