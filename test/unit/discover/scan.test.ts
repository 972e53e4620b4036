import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProcFs } from '../../../src/discover/proc-fs.ts';
import type { Process } from '../../../src/discover/process.ts';
import { scanProcesses } from '../../../src/discover/scan.ts';
import { ProcTree } from '../../support/proc-tree.ts';

let tree: ProcTree;

beforeEach(() => {
  tree = new ProcTree({ agentPid: 2 });
});

afterEach(() => tree.close());

async function scan(hostPids?: ReadonlyMap<number, number>): Promise<Process[]> {
  const found: Process[] = [];
  await scanProcesses(new ProcFs(tree.root), hostPids, (process) => found.push(process));
  return found;
}

test('parents come before their children, whatever their numbers are', async () => {
  tree.add({ pid: 10, parent: 30 });
  tree.add({ pid: 30, parent: 20 });
  tree.add({ pid: 20, parent: 1 });
  const pids = (await scan()).map(({ pid }) => pid);
  expect(pids.indexOf(20)).toBeLessThan(pids.indexOf(30));
  expect(pids.indexOf(30)).toBeLessThan(pids.indexOf(10));
  expect(pids.toSorted((a, b) => a - b)).toEqual([1, 2, 10, 20, 30]);
});

test('a process whose parent is not visible is passed, too', async () => {
  tree.add({ pid: 10, parent: 0 });
  expect((await scan()).map(({ pid }) => pid)).toContain(10);
});

test('host pids are looked up; what has none has gone or is not ours', async () => {
  tree.add({ pid: 10 });
  tree.add({ pid: 11 });
  const found = await scan(new Map([[10, 4010]]));
  expect(found.map(({ pid, hostPid }) => [pid, hostPid])).toEqual([[10, 4010]]);
});

test('500 processes are read within five seconds, with events let in between', async () => {
  for (let pid = 100; pid < 600; pid++) {
    tree.add({ pid, exe: `/opt/program-${pid}`, ports: pid % 10 === 0 ? [20_000 + pid] : [] });
  }
  const startedAt = performance.now();
  const ports: number[] = [];
  const count = await scanProcesses(new ProcFs(tree.root), undefined, (process) => {
    ports.push(...process.ports);
    expect(process.exe).not.toBe('');
    expect(process.containerId).toBe('');
  });
  expect(count).toBe(502);
  expect(ports).toHaveLength(50);
  expect(performance.now() - startedAt).toBeLessThan(5000);
}, 30_000);
