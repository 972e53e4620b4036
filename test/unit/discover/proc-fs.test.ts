import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProcFs } from '../../../src/discover/proc-fs.ts';
import { readProcess, unknownExe } from '../../../src/discover/process.ts';
import { ProcTree } from '../../support/proc-tree.ts';

let tree: ProcTree;
let proc: ProcFs;

beforeEach(() => {
  tree = new ProcTree({ agentPid: 77 });
  proc = new ProcFs(tree.root);
});

afterEach(() => tree.close());

test('only numbered folders are processes', () => {
  expect(proc.pids().sort()).toEqual([1, 77]);
});

test('the agent is found as this proc file system numbers it', () => {
  expect(proc.self()).toBe(77);
});

test('a name with blanks and parentheses does not shift the fields behind it', () => {
  tree.add({ pid: 5, parent: 3, name: 'a) S 9 (b', startTicks: 4711 });
  expect(proc.stat(5)).toEqual({ name: 'a) S 9 (b', parent: 3, startTicks: 4711, isKernelThread: false });
});

test('a zombie is no process any more', () => {
  tree.add({ pid: 5, state: 'Z' });
  expect(proc.stat(5)).toBeUndefined();
});

test('a process that is on its way out is none any more, either', () => {
  tree.add({ pid: 5, isExiting: true });
  expect(proc.stat(5)).toBeUndefined();
});

test('a process whose first thread has ended lives on in the others', () => {
  tree.add({ pid: 5, state: 'Z', threads: 2 });
  expect(proc.stat(5)).toMatchObject({ startTicks: 5000 });
});

test('a thread of the kernel is none of ours', () => {
  tree.add({ pid: 5, isKernelThread: true });
  expect(readProcess(proc, 5)).toBeUndefined();
});

test('a process that has gone is not there, whatever is asked about it', () => {
  expect(readProcess(proc, 5)).toBeUndefined();
  expect(proc.cmdline(5)).toEqual([]);
  expect(proc.environ(5)).toEqual([]);
  expect([...proc.sockets(5)]).toEqual([]);
  expect(proc.namespace(5, 'net')).toBeUndefined();
});

test('a replaced executable keeps its path', () => {
  tree.add({ pid: 5, exe: '/opt/shop (deleted)' });
  expect(readProcess(proc, 5)?.exe).toBe('/opt/shop');
  expect(readProcess(proc, 5)?.exeName).toBe('shop');
});

test('an executable that cannot be read is unknown and goes by the name that the kernel has', () => {
  tree.add({ pid: 5, name: 'worker' });
  expect(readProcess(proc, 5)?.exe).toBe(unknownExe);
  expect(readProcess(proc, 5)?.exeName).toBe('worker');
});

test('of the environment only what begins with OTEL_ is kept', () => {
  tree.add({ pid: 5, exe: '/bin/x', env: { PASSWORD: 'secret', OTEL_SERVICE_NAME: 'größe=1' } });
  expect(readProcess(proc, 5)?.environment).toEqual({ OTEL_SERVICE_NAME: 'größe=1' });
});

test('a fact is read once: it survives the process', () => {
  tree.add({ pid: 5, exe: '/bin/x', command: ['x', '-v', 'two words'], ports: [80, 443] });
  const process = readProcess(proc, 5);
  expect([...(process?.ports ?? [])].sort()).toEqual([443, 80]);
  expect(process?.command).toEqual(['x', '-v', 'two words']);
  tree.remove(5);
  expect([...(process?.ports ?? [])].sort()).toEqual([443, 80]);
  expect(process?.command).toEqual(['x', '-v', 'two words']);
});

test('what a fork copies need not be read again and does not change with the parent', () => {
  tree.add({ pid: 5, exe: '/bin/x', ports: [80] });
  const parent = readProcess(proc, 5);
  expect(parent?.exe).toBe('/bin/x');
  expect([...(parent?.ports ?? [])]).toEqual([80]);
  const child = parent?.forked({ pid: 6, hostPid: 6, parent: 5, startTicks: 6000, name: 'x' });
  parent?.listensOn(81);
  expect(child?.exe).toBe('/bin/x');
  expect([...(child?.ports ?? [])]).toEqual([80]);
});
