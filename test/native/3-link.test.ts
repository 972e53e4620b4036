import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { BpfObject } from '../../src/kernel/addon.ts';
import { addon, kernelError, loadSample, u32 } from './support/sample.ts';

/** How often the program attached to system calls has counted this process, on all CPUs. */
function hits(object: BpfObject): number {
  const values = object.map('hits').lookup(u32(0)) ?? Buffer.alloc(0);
  let sum = 0;
  for (let at = 0; at < values.length; at += 8) sum += values.readUInt32LE(at);
  return sum;
}

function callKernel(): void {
  readFileSync('/proc/self/stat');
}

test('an attached program runs until its link is destroyed', () => {
  const object = loadSample({ constants: { only_pid: process.pid } });
  const link = object.attach('on_sys_enter');
  callKernel();
  expect(hits(object)).toBeGreaterThan(0);
  expect(link.isAttached).toBe(true);
  link.destroy();
  expect(link.isAttached).toBe(false);
  const before = hits(object);
  callKernel();
  expect(hits(object)).toBe(before);
});

test('closing the object detaches its programs', () => {
  const object = loadSample({ constants: { only_pid: process.pid } });
  const sharing = loadSample({ reuse: { hits: object.map('hits') } });
  const link = object.attach('on_sys_enter');
  callKernel();
  object.close();
  expect(link.isAttached).toBe(false);
  const before = hits(sharing);
  callKernel();
  expect(hits(sharing)).toBe(before);
});

test('destroying a link twice, or after its object was closed, does nothing', () => {
  const object = loadSample();
  const first = object.attach('on_sys_enter');
  const second = object.attach('on_sys_enter');
  first.destroy();
  first.destroy();
  object.close();
  second.destroy();
});

test('a program that has no place to go by its section name is not attached', () => {
  expect(kernelError(() => loadSample().attach('sum_constants'))).toMatchObject({
    code: 'ENOTSUP',
    path: 'sum_constants',
  });
});

test('an attach that fails names the program', () => {
  const object = loadSample();
  const target = { path: '/does/not/exist', offset: 16 };
  expect(kernelError(() => object.attachUprobe('on_single_probe', target))).toMatchObject({
    code: 'ENOENT',
    path: 'on_single_probe',
  });
});

test('run times are measured while somebody asks for them', () => {
  const object = loadSample({ constants: { only_pid: process.pid } });
  const statistics = addon.enableStats();
  object.attach('on_sys_enter');
  callKernel();
  const { runCount, runTimeNs } = object.programInfo('on_sys_enter');
  expect(runCount).toBeGreaterThan(0);
  expect(runTimeNs).toBeGreaterThan(0);
  statistics.close();
  statistics.close();
});

test('the clock offset turns kernel time into wall time', () => {
  const wall = process.hrtime.bigint() + addon.clockOffsetNs();
  expect(Math.abs(Number(wall / 1_000_000n) - Date.now())).toBeLessThan(50);
});

test('letting go of text and constants takes memory back and breaks nothing', () => {
  const before = process.memoryUsage.rss();
  expect(addon.releaseReadOnly()).toBeGreaterThan(1 << 20);
  const after = process.memoryUsage.rss();
  expect(after).toBeLessThan(before);
  expect(JSON.parse(JSON.stringify({ still: 'here' }))).toEqual({ still: 'here' });
});
