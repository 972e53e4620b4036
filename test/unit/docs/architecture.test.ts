import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
const sources = globSync(['src/**/*.ts', 'bpf/**/*.[ch]', 'test/support/*.ts', 'test/servers/*.py'], { cwd: root })
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n');

const files = [...new Set(text.match(/[\w./-]+\/[\w.-]+\.(?:ts|c|h|cc|py)\b/g))];
/** Functions, types and maps: `run_begin`, `HttpRecords.read`. */
const names = [...text.matchAll(/`(?:struct )?([A-Za-z_]\w*(?:\.#?\w+)?)`/g)].map(([, name = '']) => name);
const isName = (name: string) => /[a-z][A-Z]|_|^[A-Z]/.test(name);

test.each(files)('the file %s, which the architecture page names, exists', (file) => {
  expect(existsSync(join(root, file)) || existsSync(join(root, 'src', file))).toBe(true);
});

test.each([...new Set(names.filter(isName))])('the name %s, which the architecture page explains, exists', (name) => {
  for (const part of name.split('.')) expect(sources).toContain(part);
});
