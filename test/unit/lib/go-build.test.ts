import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type GoBuild, isSince, readGoBuild } from '../../../src/lib/go-build.ts';

const folder = mkdtempSync(join(tmpdir(), 'go-build-'));
afterEach(() => rmSync(join(folder, 'program'), { force: true }));

/** As the linker writes it: the header, then texts behind their length. */
function section(version: string, list: string, flags = 2): Buffer {
  const header = Buffer.alloc(32);
  header.write('\xff Go buildinf:', 'latin1');
  header[14] = 8;
  header[15] = flags;
  const sentinel = 'x'.repeat(16);
  return Buffer.concat([header, text(version), text(sentinel + list + sentinel), Buffer.from('rest')]);
}

function text(value: string): Buffer {
  const length = [];
  for (let rest = value.length; ; rest >>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.from(length), Buffer.from(value, 'latin1')]);
}

async function read(bytes: Buffer): Promise<GoBuild | undefined> {
  const path = join(folder, 'program');
  writeFileSync(path, bytes);
  const file = await open(path);
  try {
    const size = bytes.length;
    return readGoBuild(file, [{ name: '.go.buildinfo', type: 1, address: 0, offset: 0, size, link: 0 }]);
  } finally {
    await file.close();
  }
}

describe('what the linker of Go wrote', () => {
  test('the version, and those of modules, replaced ones as what they are replaced by', async () => {
    const list = [
      'path\texample.com/a',
      'mod\texample.com/a\t(devel)',
      'dep\tgithub.com/go-chi/chi/v5\tv5.2.1\th1:a=',
      'dep\tgithub.com/labstack/echo/v4\tv4.1.0',
      '=>\tgithub.com/fork/echo/v4\tv4.13.0\th1:b=',
      'build\t-compiler=gc',
    ].join('\n');
    expect(await read(section('go1.22.12', list))).toEqual({
      version: 'go1.22.12',
      minor: 22,
      modules: new Map([
        ['github.com/go-chi/chi/v5', 'v5.2.1'],
        ['github.com/labstack/echo/v4', 'v4.13.0'],
      ]),
    });
  });

  test('a version that is no release', async () => {
    expect((await read(section('devel +abc', '')))?.minor).toBeUndefined();
  });

  test('nothing of the format before 1.18, nor of bytes that are cut', async () => {
    expect(await read(section('go1.17', '', 0))).toBeUndefined();
    expect(await read(Buffer.from('short'))).toBeUndefined();
    expect((await read(section('go1.20', '').subarray(0, 40)))?.modules.size).toBe(0);
  });
});

test.each([
  ['v1.2.3', '1.2.3', true],
  ['v1.2.4', '1.2.3', true],
  ['v1.10.0', '1.9.9', true],
  ['v1.2.3', '1.2.4', false],
  ['v4.9.1', '4.12.0', false],
  ['(devel)', '4.12.0', true],
  [undefined, '4.12.0', true],
])('version %s is since %s: %s', (have, since, is) => {
  expect(isSince(have, since)).toBe(is);
});
