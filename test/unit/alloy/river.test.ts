import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../../../alloy');
const files = globSync('*.river', { cwd: folder }).sort();

/** Brackets, strings and comments are all of River's structure that these files need to have right. */
function withoutTextAndComments(river: string): string {
  return river.replace(/"(?:[^"\\]|\\.)*"|\/\/.*/g, (found) => (found.startsWith('"') ? '""' : ''));
}

function openBrackets(river: string): string[] {
  const open: string[] = [];
  const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
  for (const [character] of withoutTextAndComments(river).matchAll(/[()[\]{}]/g)) {
    const opening = pairs[character];
    if (opening === undefined) open.push(character);
    else if (open.pop() !== opening) return [`unexpected ${character}`];
  }
  return open;
}

function components(river: string): string[] {
  return [...river.matchAll(/^([a-z0-9_.]+) "([a-z0-9_]+)" \{$/gm)].map(([, kind, label]) => `${kind}.${label}`);
}

/** `otelcol.processor.batch.default.input` → the component; the last word is what it exports. */
function references(river: string): string[] {
  const found = withoutTextAndComments(river).matchAll(
    /\b((?:otelcol|prometheus)(?:\.\w+)+)\.(?:input|receiver|handler)\b/g,
  );
  return [...found].map(([, component]) => component ?? '');
}

const read = (file: string) => readFileSync(join(folder, file), 'utf8');

test('the pipelines are there', () => {
  expect(files).toEqual(['agent-config.river', 'alloy-config.river', 'alloy-local.river', 'ebpf-tutorial.river']);
});

test.each(files)('%s has balanced blocks', (file) => {
  expect(openBrackets(read(file))).toEqual([]);
});

test.each(files)('%s refers to components that it has', (file) => {
  const river = read(file);
  expect(references(river).length).toBeGreaterThan(0);
  expect(components(river)).toEqual(expect.arrayContaining(references(river)));
});

/** What a component of each kind lends to others, as Alloy's reference has it; the others lend nothing. */
const exportsOf: Readonly<Record<string, string>> = {
  'otelcol.processor.batch': 'input',
  'otelcol.exporter.prometheus': 'input',
  'otelcol.exporter.otlp': 'input',
  'otelcol.auth.basic': 'handler',
  'prometheus.remote_write': 'receiver',
};

test.each(files)('%s takes of each component what that has, and leaves none unused', (file) => {
  const river = read(file);
  const uses = [...withoutTextAndComments(river).matchAll(/\b((?:otelcol|prometheus)(?:\.\w+)+)\.(\w+)\.(\w+)\b/g)];
  for (const [, kind = '', , what] of uses) expect(what, kind).toBe(exportsOf[kind]);
  const used = new Set(uses.map(([, kind, label]) => `${kind}.${label}`));
  const sources = components(river).filter((name) => /^(otelcol\.receiver|prometheus\.scrape)\./.test(name));
  expect(sources).toHaveLength(1);
  expect([...used].sort()).toEqual(
    components(river)
      .filter((name) => !sources.includes(name))
      .sort(),
  );
});

test.each(files)('%s has each component once', (file) => {
  const all = components(read(file));
  expect(all).toEqual([...new Set(all)]);
});

test('Alloy and its predecessor run the same pipeline', () => {
  const pipeline = (file: string) => read(file).replace(/^\/\/.*\n/gm, '');
  expect(pipeline('agent-config.river')).toBe(pipeline('alloy-config.river'));
});

test('a bracket that is missing or of another kind is noticed', () => {
  expect(openBrackets('a "b" { c = ["}"] // }')).toEqual(['{']);
  expect(openBrackets('a { c = [) }')).toEqual(['unexpected )']);
});
