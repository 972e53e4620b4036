import { expect, test } from 'vitest';
import { pathGlob } from '../../../src/lib/path-glob.ts';

test.each([
  ['*', 'http.server', true],
  ['http.*', 'http.server.request', true],
  ['http.*', 'rpc.server', false],
  ['http?server', 'http.server', true],
  ['[hr]ttp', 'http', true],
  ['[^h]ttp', 'http', false],
  ['[a-z]*', '9', false],
  ['a\\*', 'a*', true],
  ['a\\*', 'ab', false],
  ['a.b', 'axb', false],
  ['{a,b}', 'a', false],
  ['[', '[', true],
  ['*', 'a/b', false],
])('the glob %j on %j gives %j', (glob, text, matches) => {
  expect(pathGlob(glob).test(text)).toBe(matches);
});
