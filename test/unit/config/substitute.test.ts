import { expect, test } from 'vitest';
import { expand, substitute, substituteInValue } from '../../../src/config/substitute.ts';

const variables = { SET: 'value', EMPTY: '', NESTED: '$' + '{SET}' };

test.each([
  ['$' + '{SET}', 'value'],
  ['$' + '{env:SET}', 'value'],
  ['$' + '{UNSET}', ''],
  ['$' + '{UNSET:-fallback}', 'fallback'],
  ['$' + '{EMPTY:-fallback}', 'fallback'],
  ['$' + '{SET:-fallback}', 'value'],
  ['$' + '{env:UNSET:-a:-b}', 'a:-b'],
  ['$$' + '{SET}', '$' + '{SET}'],
  ['$SET', '$SET'],
  ['$', '$'],
  ['$(SET)', '$(SET)'],
  ['$' + '{1SET}', '$' + '{1SET}'],
  ['$' + '{a-b}', '$' + '{a-b}'],
  ['$' + '{NESTED}', '$' + '{SET}'],
  ['a$' + '{SET}b$' + '{SET}', 'avaluebvalue'],
])('in a file, %s becomes %s', (text, expected) => {
  expect(substitute(text, variables)).toBe(expected);
});

test.each([
  ['Basic $' + '{SET}', 'Basic value'],
  ['Basic $(SET)', 'Basic value'],
  ['$(UNSET:-x)', 'x'],
  ['$$(SET)', '$(SET)'],
  ['$' + '{NESTED}', '$' + '{SET}'],
])('in the value of a variable, %s becomes %s', (text, expected) => {
  expect(substituteInValue(text, variables)).toBe(expected);
});

test.each([
  ['$SET/$' + '{SET}', 'value/value'],
  ['$UNSET.', '.'],
  ['5$', '5$'],
])('in a variable that expands, %s becomes %s', (text, expected) => {
  expect(expand(text, variables)).toBe(expected);
});
