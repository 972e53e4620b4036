import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ExecutableMarks } from '../../../src/discover/executable-marks.ts';
import { Languages } from '../../../src/discover/language.ts';
import { ProcFs } from '../../../src/discover/proc-fs.ts';
import { readProcess } from '../../../src/discover/process.ts';
import { scan } from '../../../src/lib/elf.ts';
import { log } from '../../../src/telemetry/log.ts';
import { writeElf } from '../../support/elf-file.ts';
import { type FakeProcess, ProcTree } from '../../support/proc-tree.ts';

vi.mock('../../../src/lib/elf.ts', { spy: true });

let tree: ProcTree;
let languages: Languages;

beforeEach(() => {
  tree = new ProcTree();
  languages = new Languages(new ProcFs(tree.root));
});

afterEach(() => tree.close());

function processOf(options: Omit<FakeProcess, 'pid'>) {
  tree.add({ pid: 5, ...options });
  const process = readProcess(new ProcFs(tree.root), 5);
  if (process === undefined) throw new Error('no such process');
  return process;
}

function elf(...sections: (readonly [string, string])[]): string {
  return elfAt('program', ...sections);
}

function elfAt(name: string, ...sections: (readonly [string, string])[]): string {
  const path = join(tree.root, name);
  writeElf(
    path,
    sections.map(([name, text]) => ({ name, bytes: Buffer.from(text, 'latin1') })),
  );
  return path;
}

describe('without opening the executable', () => {
  test.each([
    ['dotnet', ['/usr/bin/shop', '/usr/share/dotnet/shared/libcoreclr.so', '/usr/lib/libstdc++.so.6']],
    ['java', ['/usr/bin/java', '/usr/lib/jvm/lib/server/libjvm.so']],
    ['python', ['/usr/sbin/uwsgi', '/usr/lib/libpython3.11.so.1.0']],
    ['ruby', ['/usr/bin/puma', '/usr/lib/x86_64-linux-gnu/libruby-3.1.so.3.1.2']],
    ['nodejs', ['/usr/local/bin/node', '/usr/lib/libstdc++.so.6']],
    ['nodejs', ['/usr/local/bin/node (deleted)']],
    ['nodejs', ['/usr/bin/deno']],
    ['python', ['/usr/bin/python3.12']],
    ['ruby', ['/usr/local/bin/ruby']],
    ['dotnet', ['/usr/bin/mono-sgen', '/usr/lib/libstdc++.so.6']],
  ])('%s by %j', (language, maps) => {
    expect(languages.known(processOf({ exe: '/nowhere', maps }))).toBe(language);
  });
});

describe('by the executable', () => {
  test('Go has a function table', async () => {
    const process = processOf({ exe: elf(['.text', 'x'], ['.gopclntab', 'x']) });
    expect(languages.known(process)).toBe('go');
    expect(await languages.detect(process)).toBe('go');
  });

  test('few symbols are read at once', () => {
    expect(languages.known(processOf({ exe: elf(['.strtab', '\0rust_panic\0']) }))).toBe('rust');
  });

  test('many symbols are read in the background', async () => {
    const process = processOf({ exe: elf(['.strtab', `${'x'.repeat(1 << 20)}\0rust_panic\0`]) });
    expect(languages.known(process)).toBeUndefined();
    expect(await languages.detect(process)).toBe('rust');
    expect(languages.known(process)).toBe('rust');
  });

  test('Rust panics', async () => {
    expect(await languages.detect(processOf({ exe: elf(['.strtab', '\0main\0_ZN3std9rust_panic17h\0']) }))).toBe(
      'rust',
    );
  });

  test.each(['JVM_Open', 'graal_create_isolate'])('Java compiled ahead of time has %s', async (symbol) => {
    expect(await languages.detect(processOf({ exe: elf(['.dynstr', `\0main\0${symbol}\0`]) }))).toBe('java');
  });

  test('a symbol that lies across the end of a read is found', async () => {
    const filler = 'x'.repeat(5 * 256 * 1024 - 5);
    expect(await languages.detect(processOf({ exe: elf(['.strtab', `${filler}rust_panic\0`]) }))).toBe('rust');
  });

  test('an interpreter is not taken for the language it is written in', async () => {
    const process = processOf({ exe: elf(['.strtab', '\0rust_panic\0']), maps: ['/usr/bin/deno'] });
    expect(await languages.detect(process)).toBe('nodejs');
  });

  test('PHP goes by its path, C++ by its library, the rest is generic', async () => {
    expect(await languages.detect(processOf({ exe: '/usr/sbin/php-fpm8.2' }))).toBe('php');
    expect(await languages.detect(processOf({ exe: elf(), maps: ['/lib/libstdc++.so.6'] }))).toBe('cpp');
    expect(await languages.detect(processOf({ exe: elf(), maps: ['/lib/libc.so.6'] }))).toBe('generic');
  });

  test.each([
    ['a script', '#!/bin/sh\nexec true\n'],
    ['an empty file', ''],
    ['a header that lies about its table', `\x7fELF\x02\x01\x01${'\xff'.repeat(57)}`],
    ['a 32-bit file', `\x7fELF\x01\x01\x01${'\0'.repeat(57)}`],
  ])('%s is generic', async (_, text) => {
    const path = join(tree.root, 'odd');
    writeFileSync(path, text, 'latin1');
    expect(await languages.detect(processOf({ exe: path }))).toBe('generic');
  });
});

test('an executable is read once for all its processes', async () => {
  const exe = elf(['.gopclntab', 'x']);
  expect(await languages.detect(processOf({ exe }))).toBe('go');
  writeFileSync(exe, 'no longer an ELF file');
  expect(languages.known(processOf({ exe }))).toBe('go');
});

describe('a copy of an executable, which is another file', () => {
  const id = ['.note.gnu.build-id', 'note 1'] as const;
  const many = 'x'.repeat(2 << 20);

  test('is not read again, whether it has few symbols or many', async () => {
    for (const [name, filler] of [
      ['few', ''],
      ['many', many],
    ] as const) {
      const symbols = ['.strtab', `${filler}\0rust_panic\0`] as const;
      expect(await languages.detect(processOf({ exe: elfAt(name, id, symbols) }))).toBe('rust');
      // The id says that it is the same program: what its symbols are is not looked at.
      const copy = elfAt(`${name}-2`, id, ['.strtab', symbols[1].replace('rust_panic', 'nothing...')]);
      expect(languages.known(processOf({ exe: copy })) ?? (await languages.detect(processOf({ exe: copy })))).toBe(
        'rust',
      );
    }
  });

  test('is read again when its symbols were taken away, or it was built anew', async () => {
    const one = elfAt('one', id, ['.strtab', '\0rust_panic\0']);
    expect(await languages.detect(processOf({ exe: one }))).toBe('rust');
    const stripped = elfAt('stripped', id, ['.strtab', '\0']);
    expect(await languages.detect(processOf({ exe: stripped }))).toBe('generic');
    const anew = elfAt('anew', ['.note.gnu.build-id', 'note 2'], ['.strtab', '\0nothing...\0']);
    expect(await languages.detect(processOf({ exe: anew }))).toBe('generic');
  });

  test('is read by one of several that ask at the same time', async () => {
    vi.mocked(scan).mockClear();
    const symbols = ['.strtab', `${many}\0rust_panic\0`] as const;
    const paths = ['a', 'b', 'c'].map((name) => elfAt(name, id, symbols));
    const marks = new ExecutableMarks();
    expect(await Promise.all([...paths, ...paths].map((path) => marks.read(path)))).toEqual(Array(6).fill('rust'));
    expect(scan).toHaveBeenCalledTimes(1);
  });
});

test('a read that takes long is told of while it lasts', async () => {
  const info = vi.spyOn(log, 'info').mockImplementation(() => {});
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 1500;
    return now;
  });
  const path = elf(['.strtab', 'x'.repeat(2 << 20)]);
  expect(await new ExecutableMarks().read(path)).toBe('');
  clock.mockRestore();
  const said = info.mock.calls.map(([message, fields]) => [message, fields?.['path']]);
  info.mockRestore();
  expect(said.length).toBeGreaterThan(2);
  expect(new Set(said.map((one) => JSON.stringify(one)))).toEqual(
    new Set([JSON.stringify(['reading an executable takes long', path])]),
  );
});
