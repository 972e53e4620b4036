import { expect, test } from 'vitest';
import { parseGlob } from '../../../src/lib/glob.ts';

test.each([
  ['*', '', true],
  ['*beyla', '/usr/bin/beyla', true],
  ['*beyla', '/usr/bin/beyla2', false],
  ['/opt/*/run', '/opt/a/b/run', true],
  ['?at', 'cat', true],
  ['?at', 'at', false],
  ['[abc]at', 'bat', true],
  ['[a-c]at', 'dat', false],
  ['[!a-c]at', 'dat', true],
  ['[!/]', '/', false],
  ['{go,java}', 'java', true],
  ['{go,java}', 'rust', false],
  ['{a,{b,c}d}', 'cd', true],
  ['*{.js,.ts}', 'x.ts', true],
  ['a\\*b', 'a*b', true],
  ['a\\*b', 'axb', false],
  ['a.b', 'axb', false],
  ['A', 'a', false],
  ['a,b', 'a,b', true],
  ['(x)|$', '(x)|$', true],
  ['[\\]-]x', ']x', true],
  ['é?', 'é😀', true],
  ['', '', true],
  ['a*', 'a\nb', true],
])('the glob %j and the text %j: %j', (glob, text, matches) => {
  expect(parseGlob(glob).matches(text)).toBe(matches);
});

test.each(['{a', 'a}', '[a', '[]', '[z-a]', 'a\\'])('%j is not a glob', (glob) => {
  expect(() => parseGlob(glob)).toThrow(Error);
});
