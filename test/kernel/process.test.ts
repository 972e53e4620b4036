import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import type { ProcessEvent } from '../../src/discover/events.ts';
import { ProcFs } from '../../src/discover/proc-fs.ts';
import { wantedBy } from '../../src/discover/wanted.ts';
import { TargetFlag } from '../../src/kernel/abi.gen.ts';
import { loadAddon } from '../../src/kernel/addon.ts';
import { ProcessWatcher } from '../../src/kernel/process-watch.ts';
import { Actor } from '../support/actor.ts';
import { freePorts } from '../support/free-ports.ts';
import { cProgram } from '../support/programs.ts';
import { rule, rules } from '../support/rules.ts';
import { until } from '../support/until.ts';

const proc = new ProcFs();
let watcher: ProcessWatcher | undefined;
let actors: Actor[] = [];
let events: ProcessEvent[] = [];

afterEach(async () => {
  await Promise.all(actors.map((actor) => actor.stop()));
  actors = [];
  watcher?.stop();
  watcher = undefined;
});

/** Only what our own actors do is looked at: the machine may be busy with other things. */
function watch(set: Parameters<typeof rule>[1], { agentPid = 0 } = {}): ProcessWatcher {
  events = [];
  watcher = new ProcessWatcher(loadAddon(), agentPid);
  watcher.watch(wantedBy(rules([rule('test', set)])));
  watcher.start((batch) => events.push(...batch));
  return watcher;
}

async function start(options: Parameters<typeof Actor.start>[0] = {}): Promise<Actor> {
  const actor = await Actor.start(options);
  actors.push(actor);
  return actor;
}

const of = (...pids: number[]) =>
  events.filter(({ pid }) => pids.includes(pid)).map(({ kind, pid }) => `${kind} ${pid}`);

function flagsOf(pid: number): number | undefined {
  const key = Buffer.alloc(4);
  key.writeUInt32LE(pid);
  return watcher?.object.map('targets').lookup(key)?.readUInt32LE(0);
}

describe('a process that listens', () => {
  test('on a wanted port is captured before its call returns, and told', async () => {
    const [port = 0] = await freePorts(1);
    const actor = await start();
    watch({ openPorts: `${port}` });
    await actor.does(`listen ${port}`);
    expect(flagsOf(actor.pid)).toBe(TargetFlag.provisional);
    await until(() => events.length > 0);
    expect(events).toEqual([
      {
        kind: 'listen',
        pid: actor.pid,
        hostPid: actor.pid,
        parent: process.pid,
        startTicks: proc.stat(actor.pid)?.startTicks,
        port,
        name: 'actor',
      },
    ]);
  });

  test('on another port is of no interest', async () => {
    const [wanted = 0, other = 0] = await freePorts(2);
    const actor = await start();
    watch({ openPorts: `${wanted}` });
    await actor.does(`listen ${other}`);
    expect(flagsOf(actor.pid)).toBeUndefined();
    await actor.does(`listen ${wanted}`);
    await until(() => events.length > 0);
    expect(events.map(({ port }) => port)).toEqual([wanted]);
  });

  test('has what it started before captured as well: it may accept connections on its behalf', async () => {
    const [port = 0] = await freePorts(1);
    const actor = await start();
    const children = await actor.doesAll(['fork', 'fork']);
    watch({ openPorts: `${port}` });
    await actor.does(`listen ${port}`);
    expect(children.map(flagsOf)).toEqual([TargetFlag.provisional, TargetFlag.provisional]);
    await until(() => events.length >= 3);
    expect(of(actor.pid, ...children)).toEqual([`listen ${actor.pid}`, ...children.map((child) => `child ${child}`)]);
    await actor.doesAll(children.map((child) => `stop ${child}`));
  });

  test('is left as it is when it was judged before', async () => {
    const [port = 0] = await freePorts(1);
    const actor = await start();
    watch({ openPorts: `${port}` }).add(actor.pid);
    await actor.does(`listen ${port}`);
    expect(flagsOf(actor.pid)).toBe(0);
    await until(() => events.length > 0);
  });

  test('is never the agent or what the agent started', async () => {
    const [port = 0] = await freePorts(1);
    const actor = await start();
    watch({ openPorts: `${port}` }, { agentPid: process.pid });
    await actor.does(`listen ${port}`);
    expect(flagsOf(actor.pid)).toBeUndefined();
  });
});

describe('a process that is captured', () => {
  test('has children that are captured before they run; threads are no children', async () => {
    const actor = await start();
    watch({ openPorts: '1' }).add(actor.pid);
    await actor.does('thread');
    const child = await actor.does('fork');
    expect(flagsOf(child)).toBe(TargetFlag.provisional);
    await actor.does(`stop ${child}`);
    expect(flagsOf(child)).toBeUndefined();
    await until(() => of(child).length === 2);
    expect(of(actor.pid, child)).toEqual([`fork ${child}`, `exit ${child}`]);
    expect(events.find(({ kind }) => kind === 'fork')?.parent).toBe(actor.pid);
  });

  test('has started programs that tell of both steps', async () => {
    const actor = await start();
    watch({ openPorts: '1' }).add(actor.pid);
    const child = await actor.does('spawn /bin/sleep 60');
    await actor.does(`stop ${child}`);
    await until(() => of(child).length === 3);
    expect(of(child)).toEqual([`fork ${child}`, `exec ${child}`, `exit ${child}`]);
  });

  test('stays captured when it becomes another program', async () => {
    const actor = await start();
    watch({ openPorts: '1' }).add(actor.pid);
    await actor.does(`exec ${cProgram('actor')}`);
    expect(flagsOf(actor.pid)).toBe(0);
    await until(() => of(actor.pid).length === 1);
    expect(of(actor.pid)).toEqual([`exec ${actor.pid}`]);
  });

  test('ends with its last thread, not with its first', async () => {
    const actor = await start();
    watch({ openPorts: '1' }).add(actor.pid);
    await actor.does('leave');
    await actor.does('thread');
    expect(flagsOf(actor.pid)).toBe(0);
    actor.child.write('exit');
    await until(() => of(actor.pid).length > 0);
    expect(of(actor.pid)).toEqual([`exit ${actor.pid}`]);
    expect(flagsOf(actor.pid)).toBeUndefined();
  });
});

describe('a process that executes something', () => {
  test('is of no interest when ports are all that counts', async () => {
    const [port = 0] = await freePorts(1);
    const actor = await start();
    watch({ openPorts: `${port}` });
    await actor.does(`exec ${cProgram('actor')}`);
    await actor.does(`listen ${port}`);
    await until(() => events.length > 0);
    expect(of(actor.pid)).toEqual([`listen ${actor.pid}`]);
  });

  test('is captured when executables count, and so is every listener', async () => {
    watch({ exePath: '*' });
    const actor = await start();
    expect(flagsOf(actor.pid)).toBe(TargetFlag.provisional);
    const [port = 0] = await freePorts(1);
    await actor.does(`listen ${port}`);
    await until(() => of(actor.pid).length === 2);
    expect(of(actor.pid)).toEqual([`exec ${actor.pid}`, `listen ${actor.pid}`]);
  });

  test('is captured when it holds a port for others', async () => {
    const actor = await start();
    watch({ openPorts: '1' }).hold(actor.pid);
    expect(flagsOf(actor.pid)).toBeUndefined();
    const child = await actor.does('fork');
    expect(flagsOf(child)).toBe(TargetFlag.provisional);
    await actor.does(`exec ${cProgram('actor')}`);
    expect(flagsOf(actor.pid)).toBe(TargetFlag.provisional);
  });
});

test('events that find no room are counted, each', async () => {
  const [port = 0] = await freePorts(1);
  const wanted = watch({ openPorts: `${port}` });
  const listens = 6000;
  // The ring is read on this thread, which waits here meanwhile.
  const input = `listen ${port}\n`.repeat(listens);
  const limit = ['--nofile=10000:10000', cProgram('actor')];
  execFileSync('prlimit', limit, { input, maxBuffer: 1 << 20 });
  const lost = wanted.lost();
  await until(() => events.filter(({ kind }) => kind === 'listen').length + lost >= listens);
  expect(lost).toBeGreaterThan(0);
  expect(events.filter(({ kind }) => kind === 'listen').length + lost).toBeGreaterThanOrEqual(listens);
});

test('the pids of the host and those that the agent sees are the same in the first namespace', () => {
  expect(watch({ openPorts: '1' }).hostPids()).toBeUndefined();
});
