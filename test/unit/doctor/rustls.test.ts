import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { carriesRustls } from '../../../src/doctor/rustls.ts';
import { writeElf } from '../../support/elf-file.ts';

let folder: string;
let program: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'beyla-rustls-'));
  program = join(folder, 'program');
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = Buffer.from('registry/src/index/rustls-0.23.46/src/vecbuf.rs');

test.each([0, 1000, (1 << 20) - 20, 3 << 20])('what panics tell is found %i bytes into the constants', (bytes) => {
  writeElf(program, [{ name: '.rodata', bytes: Buffer.concat([Buffer.alloc(bytes), text]) }]);
  expect(carriesRustls(program)).toBe(true);
});

test('a program without it has none, nor one that is no program, or gone', () => {
  writeElf(program, [
    { name: '.rodata', bytes: Buffer.from('/native-tls-0.2') },
    { name: '.debug_str', bytes: text },
  ]);
  expect(carriesRustls(program)).toBe(false);
  writeFileSync(program, '#!/bin/sh\n');
  expect(carriesRustls(program)).toBe(false);
  expect(carriesRustls(join(folder, 'gone'))).toBe(false);
});
