import { expect, test } from 'vitest';
import { ownText } from '../../../src/lib/own-text.ts';

test.each([
  '',
  'short',
  'longer than thirteen',
  'Grüße aus Köln an alle',
  '日本語のとても長いパス',
  'a lone surrogate \ud800 here',
])('the copy of %j is the same text', (text) => {
  expect(ownText(text)).toBe(text);
});
