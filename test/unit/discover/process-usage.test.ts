import { readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Owners } from '../../../src/discover/owners.ts';
import { ProcFs } from '../../../src/discover/proc-fs.ts';
import { readProcess } from '../../../src/discover/process.ts';
import { ProcessSampler } from '../../../src/discover/process-sampler.ts';
import { kernelUnits, readDisk, readNetwork, readUsage } from '../../../src/discover/process-usage.ts';
import type { Selected } from '../../../src/discover/selected.ts';
import type { ProcessSample } from '../../../src/span/process-sample.ts';
import { ProcTree } from '../../support/proc-tree.ts';
import { testService } from '../../support/spans.ts';

const tree = new ProcTree();
const proc = new ProcFs(tree.root);
const units = { pageBytes: 4096, ticks: 100 };
afterAll(() => tree.close());

function write(file: string, text: string): void {
  writeFileSync(join(tree.root, '10', file), text);
}

test('what a process used is read from its files', () => {
  tree.add({ pid: 10, parent: 7, name: 'a (b) c', startTicks: 4000 });
  write('stat', '10 (a (b) c) S 7 10 10 0 -1 4194304 0 0 0 0 150 50 20 5 20 0 1 0 4000 1000000 100 1844\n');
  write('io', 'rchar: 1\nwchar: 2\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 0\n');
  write(
    'net/dev',
    'Inter-|   Receive            |  Transmit\n face |bytes    packets\n' +
      '    lo: 100 1 0 0 0 0 0 0 100 1 0 0 0 0 0 0\n  eth0:2000 1 0 0 0 0 0 0 3000 1 0 0 0 0 0 0\n',
  );
  expect(readUsage(proc, 10, units)).toMatchObject({
    parentPid: 7,
    command: 'a (b) c',
    startTicks: 4000,
    cpuSeconds: { user: 1.5, system: 0.5, wait: 0.25 },
    residentBytes: 409_600,
    virtualBytes: 1_000_000,
  });
  expect(readDisk(proc, 10)).toEqual({ read: 4096, write: 8192 });
  expect(readNetwork(proc, 10)).toEqual({ receive: 2100, transmit: 3100 });
});

test('a process that is gone, or whose files may not be read, has nothing', () => {
  expect(readUsage(proc, 11, units)).toBeUndefined();
  expect(readDisk(proc, 11)).toBeUndefined();
  expect(readNetwork(proc, 11)).toBeUndefined();
});

test('the kernel says how large its pages and ticks are', () => {
  const { pageBytes, ticks } = kernelUnits();
  expect(pageBytes % 4096).toBe(0);
  expect(ticks).toBeGreaterThan(0);
});

test('an owner is known by name, and by a dash as long as nobody knows it', () => {
  const here = new Owners('/proc');
  expect(here.of(process.pid)).toBe(userInfo().username);
  expect(new Owners('/proc', '/nowhere').of(process.pid)).toBe('-');
  expect(here.of(0)).toBe('-');
});

test('a round measures those who are wanted, and only them', async () => {
  const real = new ProcFs();
  const self = readProcess(real, process.pid);
  if (self === undefined) throw new Error('this process cannot be read');
  const selected = ['wanted', 'not wanted'].map(
    (name) => ({ process: self, service: testService({ name }) }) as Selected,
  );
  const samples: ProcessSample[] = [];
  const sampler = new ProcessSampler({
    proc: real,
    intervalMs: 60_000,
    isPrivileged: false,
    selected: () => selected,
    wants: ({ name }) => name === 'wanted',
    onSample: (sample) => samples.push(sample),
  });
  await sampler.start();
  await sampler.stop();
  const resident = Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1024;
  const [sample] = samples;
  if (sample === undefined) throw new Error('nothing was measured');
  expect(samples).toHaveLength(1);
  expect(sample).toMatchObject({ pid: process.pid, parentPid: process.ppid, disk: undefined });
  expect(Math.abs(sample.residentBytes - resident) / resident).toBeLessThan(0.2);
  expect(Math.abs(sample.createdMs - (Date.now() - process.uptime() * 1000))).toBeLessThan(2_000);
});
