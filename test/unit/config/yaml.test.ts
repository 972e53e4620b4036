import { expect, test } from 'vitest';
import { parseYaml, type YamlNode } from '../../../src/config/yaml.ts';

function plain(node: YamlNode | undefined): unknown {
  if (node === undefined) return undefined;
  if (node.is === 'list') return node.items.map(plain);
  if (node.is === 'map') return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
  return `${node.type} ${node.text}`;
}

test.each([
  ['443', 'int 443'],
  ['"443"', 'string 443'],
  ['!!str 443', 'string 443'],
  ['0x1F', 'int 0x1F'],
  ['1_000', 'int 1_000'],
  ['1.5', 'float 1.5'],
  ['1e3', 'float 1e3'],
  ['.inf', 'float .inf'],
  ['true', 'boolean true'],
  ['yes', 'string yes'],
  ['on', 'string on'],
  ['~', 'null ~'],
  ['null', 'null null'],
  ['', 'null '],
  ['""', 'string '],
  ['5m', 'string 5m'],
  ['{a: 1}', { a: 'int 1' }],
  ['[a, 1]', ['string a', 'int 1']],
  ['|\n  two\n  lines\n', 'string two\nlines\n'],
])('the value %j is read as %j', (value, expected) => {
  expect(plain(parseYaml(`key: ${value}`).root)).toEqual({ key: expected });
});

test('only the first document counts', () => {
  expect(plain(parseYaml('a: 1\n---\nb: [\n').root)).toEqual({ a: 'int 1' });
});

test.each(['', '# a comment\n', '---\n'])('%j has no values and no faults', (text) => {
  const { root, faults } = parseYaml(text);
  expect(faults).toEqual([]);
  expect([undefined, 'null ']).toContainEqual(plain(root));
});

test('anchors and merged keys are followed; the own key is stronger', () => {
  const text = 'a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\nc: *a\n';
  expect(plain(parseYaml(text).root)).toEqual({
    a: { x: 'int 1', y: 'int 2' },
    b: { x: 'int 1', y: 'int 3' },
    c: { x: 'int 1', y: 'int 2' },
  });
});

test('every entry knows its line', () => {
  const { root } = parseYaml('a:\n  b: 1\n\n  c:\n    - 2\n    - 3\n');
  const a = root?.is === 'map' ? root.entries[0] : undefined;
  const entries = a?.value.is === 'map' ? a.value.entries : [];
  expect(entries.map(({ key, line }) => [key, line])).toEqual([
    ['b', 2],
    ['c', 4],
  ]);
});

test.each(['a: 1\na: 2\n', 'a: [', 'a: *nobody\n', 'a: &a [*a]\n', '? [x]\n: 1\n', '\ta: 1'])(
  '%j is faulty',
  (text) => {
    expect(parseYaml(text).faults).not.toEqual([]);
  },
);
