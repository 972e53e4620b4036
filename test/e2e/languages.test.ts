import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Language } from '../../src/span/service.ts';
import { Agent } from '../support/agent.ts';
import { freePorts } from '../support/free-ports.ts';
import { ownBundle } from '../support/https.ts';
import { Child } from '../support/processes.ts';
import { grpcRustPeer, monoProgram, pythonProgram, sampleServer, serverScript } from '../support/programs.ts';
import { samplesOf } from '../support/prometheus-text.ts';
import { listening } from '../support/sample-server.ts';
import { until } from '../support/until.ts';

/** Real programs of every language: what they are called, and what they are said to be written in. */
const programs: readonly (readonly [name: string, Language, (port: string, folder: string) => readonly string[]])[] = [
  ['testserver', 'go', (port) => [sampleServer(), '-port', port]],
  ['java', 'java', (port) => ['java', serverScript('Server.java'), port]],
  ['node', 'nodejs', (port) => [process.execPath, serverScript('node/server.mjs'), port]],
  ['python', 'python', (port) => [pythonProgram(), serverScript('lives.py'), port]],
  [
    'gunicorn',
    'python',
    (port) => ['gunicorn', '--bind', `127.0.0.1:${port}`, '--chdir', serverScript('.'), 'wsgi_pid:app'],
  ],
  ['puma', 'ruby', (port) => ['puma', '--quiet', '--bind', `tcp://127.0.0.1:${port}`, serverScript('https/config.ru')]],
  ['mono', 'dotnet', (port) => ['mono', monoProgram(), 'server', port, ownBundle()]],
  ['php', 'php', (port, folder) => ['php', '-S', `127.0.0.1:${port}`, '-t', folder]],
  ['grpc-rust', 'rust', (port) => [grpcRustPeer(), 'server', port]],
  ['nghttpd', 'cpp', (port, folder) => ['nghttpd', '--no-tls', '-d', folder, port]],
  ['busybox', 'generic', (port, folder) => ['busybox', 'httpd', '-f', '-p', `127.0.0.1:${port}`, '-h', folder]],
];

let folder: string;
let started: { stop(): Promise<unknown> }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'languages-'));
});

afterEach(async () => {
  for (const one of started.reverse()) await one.stop();
  started = [];
  rmSync(folder, { recursive: true });
});

async function startAll(ports: readonly number[]): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  const children = programs.map(([name, , command], i) => {
    const [program = '', ...args] = command(`${ports[i]}`, folder);
    const child = new Child(program, args, { cwd: folder, env: { OTEL_SERVICE_NAME: name } });
    started.push(child);
    return child;
  });
  for (const [i, child] of children.entries()) {
    await listening(child, ports[i] ?? 0);
    found.set(child.pid, programs[i]?.[0] ?? '');
  }
  return found;
}

describe('the language of each program is known', () => {
  test.each([
    ['that runs before the agent', true],
    ['that starts after it', false],
  ])('%s', async (_, isEarly) => {
    const ports = await freePorts(programs.length);
    if (isEarly) await startAll(ports);
    const agent = await Agent.start({ ports });
    started.push(agent);
    if (!isEarly) await startAll(ports);
    const languages = async () => {
      const targets = samplesOf(await agent.metrics(), 'target_info').map(({ labels }) => labels);
      const pairs = targets.map((labels) => [labels['service_name'], labels['telemetry_sdk_language']]);
      return Object.fromEntries(pairs) as Record<string, string>;
    };
    const wanted = Object.fromEntries(programs.map(([name, language]) => [name, language]));
    let last = '';
    const isSo = async () => {
      const now = await languages();
      last = JSON.stringify(now);
      return programs.every(([name, language]) => now[name] === language);
    };
    await until(isSo, { withinMs: 15_000, what: () => `${JSON.stringify(wanted)}, not ${last}` });
    expect(await languages()).toEqual(wanted);
  });
});
