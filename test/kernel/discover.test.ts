import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDiscovery, type Discovery } from '../../src/discover/discovery.ts';
import { ProcFs } from '../../src/discover/proc-fs.ts';
import type { Rule } from '../../src/discover/rules.ts';
import { loadAddon } from '../../src/kernel/addon.ts';
import { ProcessWatcher } from '../../src/kernel/process-watch.ts';
import { Actor } from '../support/actor.ts';
import { freePorts } from '../support/free-ports.ts';
import { Child } from '../support/processes.ts';
import { cProgram, pythonProgram } from '../support/programs.ts';
import { rule, rules } from '../support/rules.ts';
import { until } from '../support/until.ts';

let folder: string;
let port: number;
let watcher: ProcessWatcher;
let discovery: Discovery;
let children: { stop(): Promise<unknown> }[] = [];
/** What was told, as `+name pid`, `~name pid`, `-name pid`. */
let told: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'discover-'));
  [port = 0] = await freePorts(1);
});

afterEach(async () => {
  await Promise.all(children.map((child) => child.stop()));
  children = [];
  await discovery?.stop();
  rmSync(folder, { recursive: true });
});

async function discover(...include: Rule[]): Promise<void> {
  told = [];
  watcher = new ProcessWatcher(loadAddon(), 0);
  discovery = createDiscovery({
    rules: rules(include),
    proc: new ProcFs(),
    host: { name: 'host', resource: {}, defaultResource: {} },
    targets: watcher,
    events: watcher,
    // Everything that a test starts is a child of this process, which stands in for the agent.
    agentPid: 0,
    onSelected: ({ service }) => told.push(`+${service.name} ${service.pid}`),
    onChanged: ({ service }) => told.push(`~${service.name} ${service.pid}`),
    onGone: ({ service }) => told.push(`-${service.name} ${service.pid}`),
  });
  await discovery.start();
}

async function start(options: Parameters<typeof Actor.start>[0] = {}): Promise<Actor> {
  const actor = await Actor.start(options);
  children.push(actor.child);
  return actor;
}

const path = (name: string) => join(folder, name);
const byPort = () => rule('port', { openPorts: `${port}` });
const byExe = () => rule('exe', { exePath: path('shop') });

/** What the kernel captures, when user space has judged everything that it was told. */
function targets(): number[] {
  watcher.poll();
  const keys = watcher.object.map('targets').keys();
  return keys.map((key) => key.readUInt32LE()).toSorted((a, b) => a - b);
}

async function toldIs(...lines: string[]): Promise<void> {
  await until(() => told.length >= lines.length, { what: () => `${lines.join()}, told was ${told.join()}` });
  expect(told).toEqual(lines);
}

test('a process that listens before the agent starts, and one that does after', async () => {
  const early = await start();
  await early.does(`listen ${port}`);
  await discover(byPort());
  expect(told).toEqual([`+actor ${early.pid}`]);
  const late = await start();
  await late.does(`listen ${port}`);
  await toldIs(`+actor ${early.pid}`, `+actor ${late.pid}`);
  expect(targets()).toEqual([early.pid, late.pid].toSorted((a, b) => a - b));
});

test('a program that starts before the agent, and one that does after; their twin is left alone', async () => {
  const early = await start({ path: path('shop') });
  await discover(byExe());
  const twin = await start({ path: path('shop2') });
  const late = await start({ path: path('shop') });
  await toldIs(`+shop ${early.pid}`, `+shop ${late.pid}`);
  await until(() => !targets().includes(twin.pid));
  expect(targets()).toEqual(expect.arrayContaining([early.pid, late.pid]));
});

test('twenty restarts are told one by one, and nothing is left of them', async () => {
  await discover(byPort());
  const expected: string[] = [];
  for (let i = 0; i < 20; i++) {
    const actor = await start();
    await actor.does(`listen ${port}`);
    await actor.stop();
    expected.push(`+actor ${actor.pid}`, `-actor ${actor.pid}`);
  }
  await toldIs(...expected);
  expect(targets()).toEqual([]);
});

test('a process that ends as soon as it listens is told each time', async () => {
  await discover(byPort());
  const pids: number[] = [];
  for (let i = 0; i < 10; i++) {
    const actor = await start();
    pids.push(actor.pid);
    actor.child.write(`listen ${port}`);
    actor.child.write('exit');
    await actor.child.end();
  }
  await toldIs(...pids.flatMap((pid) => [`+actor ${pid}`, `-actor ${pid}`]));
  expect(targets()).toEqual([]);
});

test('eight workers, scaled down to two and up again', async () => {
  await discover(byPort());
  const main = await start();
  await main.does(`listen ${port}`);
  const workers: number[] = [];
  for (let i = 0; i < 8; i++) workers.push(await main.does('fork'));
  for (const worker of workers.splice(2)) await main.does(`stop ${worker}`);
  for (let i = 0; i < 6; i++) workers.push(await main.does('fork'));
  await until(() => told.length >= 1 + 8 + 6 + 6);
  expect(told).toHaveLength(1 + 8 + 6 + 6);
  expect(new Set(told).size).toBe(told.length);
  expect(targets()).toEqual([main.pid, ...workers].toSorted((a, b) => a - b));
  for (const worker of workers) await main.does(`stop ${worker}`);
});

test('a process that executes itself anew, and then something else', async () => {
  await discover(byExe());
  const actor = await start({ path: path('shop') });
  await actor.does(`exec ${path('shop')}`);
  await toldIs(`+shop ${actor.pid}`, `-shop ${actor.pid}`, `+shop ${actor.pid}`);
  actor.child.write('exec /bin/sleep 60');
  await until(() => told.length >= 4);
  expect(told.slice(3)).toEqual([`-shop ${actor.pid}`]);
  await until(() => !targets().includes(actor.pid));
});

test('an executable that is deleted while it runs keeps its name', async () => {
  const actor = await start({ path: path('shop') });
  rmSync(path('shop'));
  await discover(byExe());
  expect(told).toEqual([`+shop ${actor.pid}`]);
});

test('two processes that share a port are both captured', async () => {
  await discover(byPort());
  const [one, two] = [await start(), await start()];
  await one.does(`listen ${port}`);
  await two.does(`listen ${port}`);
  await toldIs(`+actor ${one.pid}`, `+actor ${two.pid}`);
});

test('a port that systemd listens on belongs to the program that it starts', async () => {
  await discover(byPort());
  const code = 'import time; print("up", flush=True); time.sleep(60)';
  const launcher = new Child('systemd-socket-activate', ['-l', `127.0.0.1:${port}`, pythonProgram(), '-c', code]);
  children.push(launcher);
  const socket = await until(() => connected(port));
  await launcher.line(/^up$/);
  await until(() => told.length > 0);
  const name = basename(realpathSync(pythonProgram()));
  // It may be read before or after it became that program: then the news of that takes it for another life.
  expect(new Set(told.map((line) => line.slice(1)))).toEqual(new Set([`${name} ${launcher.pid}`]));
  expect(told.at(-1)).toBe(`+${name} ${launcher.pid}`);
  expect(targets()).toEqual([launcher.pid]);
  socket.destroy();
});

test('whoever listens for another and becomes that other in the same moment is never missed', async () => {
  await discover(byPort());
  for (let i = 0; i < 50; i++) {
    const actor = await start({ path: path('systemd-socket-activate') });
    // In one piece: there is no moment between the two.
    actor.child.write(`listen ${port}\nexec ${cProgram('actor')}`);
    await until(() => told.at(-1) === `+actor ${actor.pid}`, {
      what: () => `${actor.pid}, told was ${told.slice(-3)}`,
    });
    await until(() => targets().includes(actor.pid));
    await actor.stop();
  }
}, 120_000);

test('other rules take effect without a restart', async () => {
  const [one, two] = [await start({ path: path('shop') }), await start()];
  await two.does(`listen ${port}`);
  await discover(byExe());
  await discovery.reselect(rules([byPort()]));
  expect(told).toEqual([`+shop ${one.pid}`, `-shop ${one.pid}`, `+actor ${two.pid}`]);
  expect(targets()).toEqual([two.pid]);
});

test('events that were lost are made up for', async () => {
  await discover(byPort());
  // The ring is read on this thread, which waits here until it is full: the last event, a fork, finds no room.
  const input = `${`listen ${port}\n`.repeat(6000)}fork\n`;
  const output = execFileSync('prlimit', ['--nofile=10000:10000', cProgram('actor')], { input, encoding: 'utf8' });
  const [, main = '', child = ''] = /^ready (\d+)$.*^forked (\d+)$/ms.exec(output) ?? [];
  children.push({ stop: async () => process.kill(Number(child)) });
  await toldIs(`+actor ${main}`, `-actor ${main}`, `+actor ${child}`);
  expect(targets()).toEqual([Number(child)]);
});

describe('namespaces', () => {
  test('a process in another network is found by the port that it has there', async () => {
    await discover(rule('container', { openPorts: `${port}`, containersOnly: true }));
    const here = await start();
    await here.does(`listen ${port}`);
    const there = await start({ launcher: ['unshare', '--net'] });
    await there.does(`listen ${port}`);
    await toldIs(`+actor ${there.pid}`);
    await until(() => !targets().includes(here.pid));
  });

  test('an agent within a container knows its processes by their numbers there and captures them by those of the host', async () => {
    const script = join(import.meta.dirname, '../support/discovering-agent.ts');
    const outside = await start();
    const container = ['--pid', '--fork', '--mount-proc', process.execPath, script];
    const agent = new Child('unshare', [...container, `${port}`]);
    await agent.line(/^ready /);
    const inside = await start({ launcher: ['nsenter', '--pid', '--target', `${agentPid(agent.pid)}`] });
    await outside.does(`listen ${port}`);
    await inside.does(`listen ${port}`);
    const [, pid, hostPid] = (await agent.line(/^\+actor/)).split(' ').map(Number);
    expect(agent.lines.filter((line) => line.startsWith('+'))).toHaveLength(1);
    expect(pid).not.toBe(hostPid);
    expect(new ProcFs().stat(hostPid ?? 0)?.name).toBe('actor');
    agent.write('stop');
    await agent.end();
  });
});

test('an agent of another pid namespace that reads the proc file system of the host numbers as that does', async () => {
  const script = join(import.meta.dirname, '../support/discovering-agent.ts');
  const agent = new Child('unshare', ['--pid', '--fork', process.execPath, script, `${port}`]);
  await agent.line(/^ready /);
  const actor = await start();
  await actor.does(`listen ${port}`);
  expect(await agent.line(/^\+actor/)).toBe(`+actor ${actor.pid} ${actor.pid}`);
  agent.write('stop');
  await agent.end();
});

test('500 processes are read within five seconds and without swelling the agent', async () => {
  const main = await start();
  const workers = await main.doesAll(Array.from({ length: 500 }, () => 'fork'));
  await discover(rule('port and exe', { openPorts: `${port}`, exePath: '*/actor' }));
  const before = process.memoryUsage().rss;
  const startedAt = performance.now();
  await discovery.rescan();
  expect(performance.now() - startedAt).toBeLessThan(5000);
  expect(process.memoryUsage().rss - before).toBeLessThan(30 << 20);
  expect(told).toEqual([]);
  await main.doesAll(workers.map((worker) => `stop ${worker}`));
});

async function connected(to: number) {
  return new Promise<ReturnType<typeof connect> | undefined>((resolve) => {
    const socket = connect(to, '127.0.0.1', () => resolve(socket));
    socket.on('error', () => resolve(undefined));
  });
}

/** The process that `unshare --fork` started: it is the first of the new namespace. */
function agentPid(unshare: number): number {
  const proc = new ProcFs();
  return proc.pids().find((pid) => proc.stat(pid)?.parent === unshare) ?? 0;
}
