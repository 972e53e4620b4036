import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { traceparents } from '../fixtures/trace-context.ts';

const root = join(import.meta.dirname, '../..');
const program = join(root, 'build/test/traceparent');

test('the kernel programs read traceparent as user space does', () => {
  mkdirSync(join(root, 'build/test'), { recursive: true });
  const source = join(root, 'test/host/traceparent.c');
  execFileSync('clang', ['-O1', '-Wall', '-Werror', '-o', program, source]);
  const said = execFileSync(program, {
    input: traceparents.map(({ value }) => `${value}\r\n`).join(''),
    encoding: 'utf8',
  });
  const expected = traceparents.map(({ value, flags }) => {
    const [, trace, span] = value.trim().split('-');
    return flags === undefined ? 'invalid' : `${trace} ${span} ${flags}`;
  });
  expect(said.trim().split('\n')).toEqual(expected);
});
