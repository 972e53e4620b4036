import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { agentFindings } from '../../../src/doctor/agent-findings.ts';
import type { AgentState } from '../../../src/doctor/agent-state.ts';
import { askAgents, isAnyAlive } from '../../../src/doctor/ask.ts';
import { governedFindings } from '../../../src/doctor/governed.ts';
import { StateServer } from '../../../src/doctor/state-server.ts';
import { tpBtf } from '../../support/host-tree.ts';

let folder: string;
const opened: { stop(): Promise<unknown> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agents-'));
});

afterEach(async () => {
  for (const one of opened.splice(0)) await one.stop();
  rmSync(folder, { recursive: true, force: true });
});

function state(changes: Partial<AgentState> = {}): AgentState {
  return {
    schema: 1,
    pid: 42,
    version: '1',
    revision: 'r',
    startedMs: 0,
    proc: '/proc',
    capture: tpBtf,
    counts: {},
    losses: [],
    governor: [],
    processes: [],
    ...changes,
  };
}

async function agent(pid: number): Promise<StateServer> {
  const server = new StateServer(async () => state({ pid }), [folder]);
  await server.start();
  opened.push(server);
  return server;
}

async function listener(path: string, server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(path, resolve));
  opened.push({ stop: () => new Promise((resolve) => server.close(resolve)) });
}

/** What is left of an agent that was killed. */
function deadSocket(): string {
  const path = join(folder, 'agent-1-dead.sock');
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  expect(() => execFileSync(process.execPath, ['-e', script])).toThrow();
  expect(existsSync(path)).toBe(true);
  return path;
}

const levels = (found: ReturnType<typeof agentFindings>) => found.map(({ level }) => level);

test('several agents answer, each for itself, and only their owner may ask', async () => {
  await agent(1);
  await agent(2);
  const { answers } = await askAgents([folder]);
  expect(answers.map((answer) => answer.is === 'alive' && answer.state.pid).sort()).toEqual([1, 2]);
  expect(readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o600, 0o600]);
});

test('an agent that stops takes its socket with it', async () => {
  const server = await agent(1);
  await server.stop();
  expect(readdirSync(folder)).toEqual([]);
});

test('a dead socket is told, and the next agent removes it', async () => {
  const path = deadSocket();
  const asked = await askAgents([folder]);
  expect(asked.answers).toEqual([{ is: 'dead', path }]);
  expect(agentFindings(asked)).toMatchObject([{ level: 'note', fix: expect.stringContaining(path) }]);
  await agent(3);
  expect(existsSync(path)).toBe(false);
  expect(levels(agentFindings(await askAgents([folder])))[0]).toBe('ok');
});

test('one that accepts and says nothing is told after a while', async () => {
  await listener(
    join(folder, 'agent-9-quiet.sock'),
    createServer((socket) => socket.resume()),
  );
  const asked = await askAgents([folder], 20);
  expect(agentFindings(asked)).toMatchObject([{ level: 'degraded', says: expect.stringContaining('no answer') }]);
});

test('one of another version is told as such', async () => {
  await listener(
    join(folder, 'agent-9-other.sock'),
    createServer((socket) => socket.resume().end('{"schema": 99}')),
  );
  expect(agentFindings(await askAgents([folder]))[0]?.says).toContain('another version');
});

test('no folder means no agent; a folder that may not be read means that nobody knows', async () => {
  expect(agentFindings(await askAgents([join(folder, 'none')]))).toMatchObject([{ level: 'ok' }]);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(agentFindings(await askAgents([file]))).toMatchObject([{ level: 'note', fix: 'run beyla doctor as root' }]);
});

test('an agent starts where it cannot be asked', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const server = new StateServer(async () => state(), [join(file, 'below')]);
  await server.start();
  await server.stop();
});

test('where the first folder cannot be written the next is taken', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const folders = [join(file, 'below'), folder];
  const server = new StateServer(async () => state({ pid: 4 }), folders);
  await server.start();
  opened.push(server);
  expect((await askAgents(folders)).answers).toMatchObject([{ is: 'alive', state: { pid: 4 } }]);
});

test('health is whether one of them answers', async () => {
  expect(await isAnyAlive([join(folder, 'none'), folder])).toBe(false);
  deadSocket();
  await listener(
    join(folder, 'agent-9-quiet.sock'),
    createServer((socket) => socket.resume()),
  );
  expect(await isAnyAlive([folder], 20)).toBe(false);
  await agent(5);
  expect(await isAnyAlive([join(folder, 'none'), folder], 1000)).toBe(true);
});

test('losses, encrypted connections and bytes unseen are told with a fix', () => {
  const counts = { conn_tls: 5, tls_seen: 2, io_uring: 2 };
  const losses = [
    { part: 'kernel', reason: 'ring_full', count: 7 },
    { part: 'kernel', reason: 'truncated_head', count: 1 },
    { part: 'export', reason: 'otlp_queue_full', count: 0 },
  ] as const;
  const capture = { ...tpBtf, backend: 'syscalls' };
  const found = agentFindings({
    answers: [{ is: 'alive', path: '', state: state({ counts, losses, coverage: 0.5, capture }) }],
  });
  const [, ...rest] = found;
  expect(rest[0]?.says).toContain('3 connections were encrypted');
  expect(levels(rest)).toEqual(['degraded', 'degraded', 'degraded', 'degraded', 'note', 'ok']);
  expect(rest.slice(0, -1).every(({ fix }) => fix !== undefined)).toBe(true);
  expect(rest[2]?.says).toContain('50.00 %');
  expect(rest[3]?.says).toContain('7 lost by the kernel part (ring_full)');
});

test('a service that costs more than its budget is told with what is left out of it', () => {
  const one = { service: 'shop', namespace: 'eu', told: 'few spans', cpu: 0.125, budget: 0.1 };
  const gone = { ...one, namespace: '', told: 'nothing', cpu: 0 };
  const bare = { ...one, told: 'no probes' };
  const calm = { ...one, service: 'calm', told: 'everything', cpu: 0.01 };
  const told = (governor: AgentState['governor']) =>
    governedFindings('agent 1', state(governor && { governor })).map(({ level, says }) => `${level}: ${says}`);
  expect(told([one, bare, gone, calm])).toEqual([
    'degraded: eu/shop cost more than its budget of 10.0 % of a CPU (now 12.5 %): metrics are whole, but few spans are told',
    'degraded: eu/shop cost more than its budget of 10.0 % of a CPU (now 12.5 %): nothing is seen inside its TLS, and no spans are told',
    'degraded: shop cost more than its budget of 10.0 % of a CPU (now 0.0 %): it is not captured at all',
  ]);
  expect(told([calm])).toEqual(['ok: everything is told of every service; the dearest costs 1.0 % of a CPU']);
});

test('a governor that is switched off is noted', () => {
  const { governor: _, ...without } = state();
  expect(governedFindings('agent 1', without)).toMatchObject([{ level: 'note' }]);
});
