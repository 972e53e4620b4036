import { globSync, readFileSync } from 'node:fs';
import { join, normalize, relative, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

const src = join(import.meta.dirname, '../../src');

/** Which folders a folder may import from, besides itself. The files directly in `src` join the parts and may import all. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  telemetry: ['lib'],
  config: ['lib'],
  span: ['lib'],
  pipeline: ['lib', 'telemetry'],
  // Of `discover` only the interfaces that the kernel side implements.
  kernel: ['lib', 'telemetry', 'discover'],
  discover: ['lib', 'telemetry', 'config', 'pipeline', 'span'],
  attach: ['lib', 'telemetry', 'config', 'pipeline', 'kernel', 'discover', 'span'],
  protocol: ['lib', 'span'],
  decode: ['lib', 'telemetry', 'span', 'protocol', 'kernel'],
  transform: ['lib', 'telemetry', 'config', 'span', 'discover'],
  metrics: ['lib', 'config', 'span'],
  export: ['lib', 'telemetry', 'config', 'span', 'pipeline', 'metrics'],
  command: ['lib', 'config'],
  // Of `kernel` only types: who joins the parts hands in the means.
  governor: ['lib', 'telemetry', 'span', 'pipeline', 'kernel'],
  doctor: ['lib', 'telemetry', 'config', 'pipeline', 'kernel', 'discover'],
  view: ['lib', 'telemetry', 'pipeline', 'span'],
};

interface Import {
  /** `config/tree.ts` of this project, or `node:fs`, `yaml`. */
  readonly from: string;
  readonly isOurs: boolean;
  readonly isType: boolean;
}

const files = globSync('**/*.ts', { cwd: src }).sort();
const folderOf = (file: string) => (file.includes(sep) ? file.slice(0, file.indexOf(sep)) : undefined);
const inFolders = files.filter((file) => folderOf(file) !== undefined);

function importsOf(file: string): Import[] {
  const text = readFileSync(join(src, file), 'utf8');
  const statements = text.matchAll(
    /^(?:import|export)\s(?<type>type\s)?[^;]*?\bfrom\s*'(?<from>[^']+)'|\bimport\('(?<lazy>[^']+)'\)/gm,
  );
  return [...statements].map(({ groups }) => {
    const from = groups?.['from'] ?? groups?.['lazy'] ?? '';
    const isOurs = from.startsWith('.');
    const path = isOurs ? normalize(relative(src, join(src, file, '..', from))) : from;
    return { from: path, isOurs, isType: groups?.['type'] !== undefined };
  });
}

const strangers = (file: string) =>
  importsOf(file)
    .filter(({ from, isOurs }) => isOurs && folderOf(from) !== folderOf(file))
    .filter(({ from }) => !mayImport[folderOf(file) ?? '']?.includes(folderOf(from) ?? 'the top'));

test.each(inFolders)('%s imports only what its folder may', (file) => {
  expect(strangers(file).map(({ from }) => from)).toEqual([]);
});

test('the table has every folder, and only those', () => {
  const folders = new Set(inFolders.map((file) => folderOf(file)));
  expect([...folders].filter((folder) => mayImport[folder ?? ''] === undefined)).toEqual([]);
});

describe('besides', () => {
  const users = (is: (found: Import) => boolean) => files.filter((file) => importsOf(file).some(is));

  test('decode takes from the kernel folder nothing but the generated layouts', () => {
    const taken = files.filter((file) => folderOf(file) === 'decode').flatMap(importsOf);
    expect(taken.filter(({ from }) => from.startsWith('kernel/') && from !== 'kernel/abi.gen.ts')).toEqual([]);
  });

  test.each([
    ['kernel', 'discover'],
    ['doctor', 'kernel'],
  ])('the %s folder takes only types from %s', (folder, other) => {
    const taken = files.filter((file) => folderOf(file) === folder).flatMap(importsOf);
    expect(taken.filter(({ from, isType }) => from.startsWith(`${other}/`) && !isType)).toEqual([]);
  });

  test('only the kernel folder, and who joins the parts, knows the addon', () => {
    const outside = users(({ from, isType }) => from === 'kernel/addon.ts' && !isType);
    expect(outside.filter((file) => !['kernel', undefined].includes(folderOf(file)))).toEqual([]);
  });
});
