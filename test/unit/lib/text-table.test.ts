import { expect, test } from 'vitest';
import { textTable, wrapped } from '../../../src/lib/text-table.ts';

test.each([
  ['a b c', 3, ['a b', 'c']],
  ['', 3, ['']],
  ['abcdefg h', 3, ['abc', 'def', 'g h']],
  ['one', 3, ['one']],
])('%j in %i columns', (text, width, lines) => {
  expect(wrapped(text, width)).toEqual(lines);
});

test('cells are cut or aligned, the last one is wrapped below itself', () => {
  const columns = [
    { title: 'n', width: 3, align: 'right' },
    { title: 'name', width: 4 },
    { title: 'why', width: 5 },
  ] as const;
  expect(textTable(columns, [['1', 'abcdef', 'one two']])).toEqual(['  n name why', '  1 abc… one', '         two']);
});
