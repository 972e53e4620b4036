import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { root } from './support/sample.ts';

const program = join(root, 'test/native/support/leaves-all-open.ts');

function run(ending: string) {
  return spawnSync(process.execPath, [program, ending], { encoding: 'utf8', timeout: 20_000 });
}

test.each(['return', 'exit', 'throw', 'ref-then-close'])('a process ends although all is left open: %s', (ending) => {
  const { status, signal, stdout } = run(ending);
  expect(stdout).toContain('3 records');
  expect({ status, signal }).toEqual({ status: ending === 'throw' ? 1 : 0, signal: null });
});

test.each(['return', 'exit', 'terminate'])('a worker ends although all is left open: %s', async (ending) => {
  const worker = new Worker(program, { argv: [ending], stdout: true });
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  await new Promise((resolve) => worker.once('message', resolve));
  if (ending === 'terminate') await worker.terminate();
  expect(await ended).toBe(ending === 'terminate' ? 1 : 0);
});

test('two workers may use the addon at the same time', async () => {
  const ends = Array.from({ length: 2 }, () => {
    const worker = new Worker(program, { argv: ['return'], stdout: true });
    return new Promise((resolve) => worker.once('exit', resolve));
  });
  expect(await Promise.all(ends)).toEqual([0, 0]);
});
