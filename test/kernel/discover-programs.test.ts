import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDiscovery, type Discovery } from '../../src/discover/discovery.ts';
import { ProcFs } from '../../src/discover/proc-fs.ts';
import { loadAddon } from '../../src/kernel/addon.ts';
import { ProcessWatcher } from '../../src/kernel/process-watch.ts';
import { freePorts } from '../support/free-ports.ts';
import { Child } from '../support/processes.ts';
import { pythonProgram, sampleServer } from '../support/programs.ts';
import { rule, rules } from '../support/rules.ts';
import { until } from '../support/until.ts';

const proc = new ProcFs();
let folder: string;
let port: number;
let watcher: ProcessWatcher;
let discovery: Discovery;
let children: Child[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'programs-'));
  [port = 0] = await freePorts(1);
  watcher = new ProcessWatcher(loadAddon(), 0);
  discovery = createDiscovery({
    rules: rules([rule('port', { openPorts: `${port}` })]),
    proc,
    host: { name: 'host', resource: {}, defaultResource: {} },
    targets: watcher,
    events: watcher,
    agentPid: 0,
    onSelected: () => {},
    onChanged: () => {},
    onGone: () => {},
  });
  await discovery.start();
});

afterEach(async () => {
  await Promise.all(children.map((child) => child.stop()));
  children = [];
  await discovery.stop();
  rmSync(folder, { recursive: true });
});

function start(command: string, ...args: string[]): Child {
  const child = new Child(command, args);
  children.push(child);
  return child;
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const pids = () =>
  discovery
    .selected()
    .map(({ process: { pid } }) => pid)
    .toSorted((a, b) => a - b);
const selected = () => discovery.selected().map(({ service }) => `${service.name} ${service.language}`);

function familyOf(parent: number): number[] {
  const children = proc.pids().filter((pid) => proc.stat(pid)?.parent === parent);
  return [parent, ...children].toSorted((a, b) => a - b);
}

describe('a server is known by its program and language', () => {
  test('Go', async () => {
    start(sampleServer(), '-port', `${port}`).write('');
    await until(() => selected().includes('testserver go'), { what: () => `${selected()}: ${children[0]?.tail()}` });
  });

  test('Node', async () => {
    start(process.execPath, '-e', `require('http').createServer().listen(${port})`);
    await until(() => selected().includes('node nodejs'));
  });

  test('Python', async () => {
    start(pythonProgram(), '-m', 'http.server', `${port}`);
    await until(() => selected().includes(`${basename(realpathSync(pythonProgram()))} python`));
  });

  test('Java', async () => {
    const source = `
      class Server {
        public static void main(String[] args) throws Exception { new java.net.ServerSocket(${port}).accept(); }
      }`;
    start('java', file('Server.java', source));
    await until(() => selected().includes('java java'), { withinMs: 30_000 });
  });

  test('C', async () => {
    start('nginx', '-c', file('nginx.conf', nginxConfig(1)), '-e', join(folder, 'error.log'));
    await until(() => selected().filter((one) => one === 'nginx generic').length === 2);
  });
});

describe('a server with workers', () => {
  test('nginx, scaled up and down by a reload', async () => {
    const config = file('nginx.conf', nginxConfig(2));
    const nginx = start('nginx', '-c', config, '-e', join(folder, 'error.log'));
    await until(() => pids().length === 3);
    for (const workers of [4, 1]) {
      writeFileSync(config, nginxConfig(workers));
      nginx.signal('SIGHUP');
      await until(() => familyOf(nginx.pid).length === workers + 1 && pids().length === workers + 1);
      expect(pids()).toEqual(familyOf(nginx.pid));
    }
  });

  test('a cluster of Node, whose workers never listen themselves', async () => {
    const source = `
      const cluster = require('cluster');
      if (cluster.isPrimary) for (let i = 0; i < 3; i++) cluster.fork();
      else require('http').createServer().listen(${port}, () => process.send('up'));`;
    const node = start(process.execPath, file('cluster.cjs', source));
    await until(() => pids().length === 4);
    expect(pids()).toEqual(familyOf(node.pid));
    expect(new Set(selected())).toEqual(new Set(['node nodejs']));
  });
});

function nginxConfig(workers: number): string {
  return `
    daemon off;
    worker_processes ${workers};
    pid ${folder}/nginx.pid;
    error_log ${folder}/error.log;
    events {}
    http {
      access_log off;
      client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
      uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
      server { listen 127.0.0.1:${port}; location / { return 200 "ok"; } }
    }`;
}
