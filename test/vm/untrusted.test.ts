import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { runInGuest } from '../../scripts/vm/guest.ts';
import { wanted } from './wanted.ts';

const [kernel = ''] = wanted;
let told: string[];
const onAgain = vi.fn();

beforeEach(() => {
  told = [];
  onAgain.mockClear();
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => told.push(String(text)) > 0);
  onTestFinished(() => write.mockRestore());
});

test('a guest that does not end in time is tried once more, which is told, and its command has no status', async () => {
  expect(await runInGuest({ kernel, command: ['true'], limitS: 1, onAgain })).toBe(124);
  expect(onAgain).toHaveBeenCalledTimes(1);
  expect(told).toEqual([
    `vm: kernel ${kernel}: the guest hung: it did not end within 1 s; once more\n`,
    `vm: kernel ${kernel}: the guest hung: it did not end within 1 s\n`,
  ]);
});

test('a guest whose clock runs ahead of the host is tried once more, which is told, and its command has no status', async () => {
  hurryWhenIdle();
  expect(await runInGuest({ kernel, command: ['sleep', '1000'], onAgain })).toBe(124);
  expect(onAgain).toHaveBeenCalledTimes(1);
  expect(told).toEqual([
    expect.stringMatching(/^vm: kernel \S+: the guest jumped: its clock moved 1\d\d\d s in \d+ s; once more\n$/),
    expect.stringMatching(/^vm: kernel \S+: the guest jumped: its clock moved 1\d\d\d s in \d+ s\n$/),
  ]);
}, 300_000);

/** Puts a QEMU first in the PATH that lets a guest's clock go by its instructions, and straight on to the next timer when there are none. */
function hurryWhenIdle(): void {
  const folder = mkdtempSync(join(tmpdir(), 'hurried-'));
  const program = join(folder, 'qemu-system-x86_64');
  const path = process.env['PATH'] ?? '';
  writeFileSync(
    program,
    `#!/bin/bash
PATH=\${PATH#*:} exec qemu-system-x86_64 "\${@//thread=multi/thread=single}" -smp 1 -icount shift=0,sleep=off
`,
  );
  chmodSync(program, 0o755);
  process.env['PATH'] = `${folder}:${path}`;
  onTestFinished(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });
}
