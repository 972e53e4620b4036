import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { preallocatedEntries, warnsOfAllocation } from '../../../src/kernel/preallocated.ts';

test('every map that takes memory as entries come can be preallocated', () => {
  const folder = join(import.meta.dirname, '../../../bpf/maps');
  const text = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  const maps = [...text.join('').matchAll(/struct \{([^}]*)\} (\w+) SEC\("\.maps"\)/g)];
  const allocating = maps.filter(([, body]) => body?.includes('BPF_F_NO_PREALLOC')).map(([, , name]) => name);
  expect(allocating.sort()).toEqual(Object.keys(preallocatedEntries).sort());
});

test.each([
  ['5.4.0-150-generic', false],
  ['5.7.0', true],
  ['5.10.0-46-cloud-amd64', true],
  ['5.15.0-91-generic', true],
  ['6.0.19', true],
  ['6.1.0-56-cloud-amd64', false],
  ['7.2.13+deb14-cloud-amd64', false],
])('Linux %s warns of maps that take memory as programs run: %s', (kernel, expected) => {
  expect(warnsOfAllocation(kernel)).toBe(expected);
});
