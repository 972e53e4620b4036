import { expect, test } from 'vitest';
import { parseRegexp } from '../../../src/lib/regexp.ts';

test.each([
  ['api', '/opt/api-gw/run', true],
  ['^api$', '/opt/api', false],
  ['(?:^|/)(beyla$|otelcol[^/]*$)', '/usr/bin/otelcol-x', true],
  ['(?i)BEYLA', '/usr/bin/beyla', true],
  ['[[:digit:]]+', 'a7', true],
  ['\\Qa.b\\E', 'axb', false],
  ['(?P<name>go)', 'golang', true],
  ['\\Ago\\z', 'go', true],
  ['a\\-b', 'a-b', true],
  ['[a-z&&]', '&', true],
])('the expression %j and the text %j: %j', (expression, text, matches) => {
  expect(parseRegexp(expression).matches(text)).toBe(matches);
});

test.each(['(', '[[:^digit:]]', 'a(?=b)', '(a)\\1', '[z-a]', '*'])('%j is refused', (expression) => {
  expect(() => parseRegexp(expression)).toThrow(Error);
});
