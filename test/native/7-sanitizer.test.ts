import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './support/sample.ts';

test('all tests of the addon pass under the address and undefined-behaviour sanitizers', () => {
  const runtime = execFileSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim();
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const others = ['run', '--project', 'native', '--exclude', '**/7-sanitizer.test.ts'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, ...others], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      ADDON_UNDER_TEST: join(root, 'build/asan/kernel.node'),
      LD_PRELOAD: runtime,
      // Node itself frees little at its end.
      ASAN_OPTIONS: 'detect_leaks=0',
      UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
    },
  });
  expect(status, `${stdout}${stderr}`).toBe(0);
});
