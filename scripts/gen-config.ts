import { readFileSync, writeFileSync } from 'node:fs';
import { jsonSchemaOf } from '../src/config/json-schema.ts';
import { markdownOf } from '../src/config/markdown.ts';
import { schema } from '../src/schema.ts';

/** Writes the documents that are made from the schema; with --check, only says whether they are current. */
const documents: Readonly<Record<string, string>> = {
  'docs/config.md': markdownOf(schema),
  'docs/config.schema.json': `${JSON.stringify(jsonSchemaOf(schema), null, 2)}\n`,
};

for (const [path, text] of Object.entries(documents)) {
  const file = new URL(`../${path}`, import.meta.url);
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text);
  } else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`${path} is not what the schema says; run: npm run gen\n`);
    process.exitCode = 1;
  }
}
