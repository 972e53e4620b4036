import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { jsonSchemaOf } from '../../src/config/json-schema.ts';
import { markdownOf } from '../../src/config/markdown.ts';
import { schema } from '../../src/schema.ts';

function document(name: string): string {
  return readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
}

test('docs/config.md is what the schema says (npm run gen)', () => {
  expect(document('config.md')).toBe(markdownOf(schema));
});

test('docs/config.schema.json is what the schema says (npm run gen)', () => {
  expect(JSON.parse(document('config.schema.json'))).toEqual(jsonSchemaOf(schema));
});
