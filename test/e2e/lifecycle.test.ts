import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ProcFs } from '../../src/discover/proc-fs.ts';
import { Agent, type AgentOptions } from '../support/agent.ts';
import { backends } from '../support/backends.ts';
import { freePorts } from '../support/free-ports.ts';
import { Asker } from '../support/lives.ts';
import { load } from '../support/load.ts';
import { Child } from '../support/processes.ts';
import { cProgram, pythonProgram, sampleServer, serverScript } from '../support/programs.ts';
import { listening } from '../support/sample-server.ts';
import { until } from '../support/until.ts';

const proc = new ProcFs();
let folder: string;
let port: number;
let asker: Asker;
let started: { stop(): Promise<unknown> }[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lives-'));
  [port = 0] = await freePorts(1);
  asker = new Asker();
});

afterEach(async () => {
  for (const one of started.reverse()) await one.stop();
  started = [];
  rmSync(folder, { recursive: true });
});

function start(command: string, ...args: readonly string[]): Child {
  const child = new Child(command, args);
  started.push(child);
  return child;
}

const life = (...args: readonly string[]) => start(pythonProgram(), serverScript('lives.py'), ...args);

async function startAgent(options: Partial<AgentOptions> = {}): Promise<Agent> {
  const agent = await Agent.start({ ports: [port], ...options });
  started.push(agent);
  return agent;
}

describe.each(backends)('every request of every life is counted once, captured by %s', (backend) => {
  test('of a server that started before the agent, and of one that starts after', async () => {
    const early = life(`${port}`);
    await early.line(/listening/);
    const agent = await startAgent({ backend });
    await asker.askOften(port, 50);
    await early.stop();
    life(`${port}`);
    await asker.askOften(port, 50);
    expect(asker.pids).toHaveLength(2);
    await asker.expectTold(agent);
  });

  test('over 20 restarts', async () => {
    const agent = await startAgent({ backend });
    for (let i = 0; i < 20; i++) {
      const server = life(`${port}`);
      await asker.askOften(port, 10);
      await server.stop();
    }
    expect(asker.pids).toHaveLength(20);
    await asker.expectTold(agent);
  });

  test('of a server that dies of each request', async () => {
    const agent = await startAgent({ backend });
    for (let i = 0; i < 20; i++) {
      const server = life(`${port}`);
      await asker.ask(port, 'die');
      expect(await server.end()).toBe('SIGKILL');
    }
    await asker.expectTold(agent);
  });

  test('of a process that executes itself anew', async () => {
    const agent = await startAgent({ backend });
    life(`${port}`);
    for (let i = 0; i < 10; i++) {
      await asker.askOften(port, 5, 1);
      await asker.ask(port, 'exec');
    }
    expect(asker.pids).toHaveLength(1);
    await asker.expectTold(agent);
  });

  test('of a process that has the id of one that ended', async () => {
    const agent = await startAgent({ backend });
    const [otherPort = 0] = await freePorts(1);
    const first = life(`${port}`);
    await first.line(/listening/);
    const withItsId = (to: number) =>
      start(cProgram('with_pid'), `${first.pid}`, pythonProgram(), serverScript('lives.py'), `${to}`);
    await asker.askOften(port, 20);
    await first.stop();
    const stranger = withItsId(otherPort);
    await stranger.line(/listening/);
    for (let i = 0; i < 20; i++) await load({ port: otherPort, requests: 1, connections: 1, path: '/stranger' });
    await stranger.stop();
    await withItsId(port).line(/listening/);
    await asker.askOften(port, 20);
    expect(asker.pids).toEqual([first.pid]);
    await asker.expectTold(agent);
  });

  test('of two processes that share a port', async () => {
    const agent = await startAgent({ backend });
    const servers = [life(`${port}`), life(`${port}`)];
    for (const server of servers) await server.line(/listening/);
    await asker.askOften(port, 100);
    expect(asker.pids).toHaveLength(2);
    await asker.expectTold(agent);
  });

  test.each([
    ['while the agent runs', false],
    ['before it starts', true],
  ])('of a server that was given its listener by another %s', async (_, isEarly) => {
    const agent = isEarly ? undefined : await startAgent({ backend });
    const parent = life('--hand-over', `${port}`);
    const pid = Number((await parent.line(/listening/)).split(' ')[1]);
    const present = agent ?? (await startAgent({ backend }));
    await asker.askOften(port, 20);
    expect(asker.pids).toEqual([pid]);
    await asker.expectTold(present);
  });

  test('of a program that systemd starts for the first connection', async () => {
    const agent = await startAgent({ backend });
    start('systemd-socket-activate', '-l', `127.0.0.1:${port}`, pythonProgram(), serverScript('lives.py'), '--fd', '3');
    await asker.askOften(port, 20);
    await asker.expectTold(agent);
  });
});

describe('every request to 8 workers, scaled to 2 and back, is counted once for the worker that served it', () => {
  test('nginx', async () => {
    const config = join(folder, 'nginx.conf');
    writeFileSync(config, nginxConfig(8));
    const agent = await startAgent();
    const nginx = start('nginx', '-c', config, '-e', join(folder, 'error.log'));
    await scaled(nginx, async (workers) => {
      writeFileSync(config, nginxConfig(workers));
      nginx.signal('SIGHUP');
    });
    await asker.expectTold(agent);
  });

  test('gunicorn', async () => {
    const agent = await startAgent();
    const options = ['--workers', '8', '--bind', `127.0.0.1:${port}`, '--worker-tmp-dir', '/dev/shm'];
    const gunicorn = start('gunicorn', ...options, '--chdir', dirname(serverScript('wsgi_pid.py')), 'wsgi_pid:app');
    let workers = 8;
    await scaled(gunicorn, async (wanted) => {
      // Signals that come together are one: each is waited for.
      for (; workers > wanted; workers--) {
        gunicorn.signal('SIGTTOU');
        await workersAre(gunicorn, workers - 1);
      }
      for (; workers < wanted; workers++) {
        gunicorn.signal('SIGTTIN');
        await workersAre(gunicorn, workers + 1);
      }
    });
    await asker.expectTold(agent);
  });

  test('a cluster of Node', async () => {
    const agent = await startAgent();
    const node = start(process.execPath, serverScript('node/cluster.mjs'), `${port}`);
    node.write('8');
    await scaled(node, async (workers) => node.write(`${workers}`));
    await asker.expectTold(agent);
  });

  /** Requests go on while the number of workers changes. */
  async function scaled(main: Child, scale: (workers: number) => Promise<void>): Promise<void> {
    await workersAre(main, 8);
    await asker.askOften(port, 100);
    for (const workers of [2, 8]) {
      await Promise.all([asker.askOften(port, 100), scale(workers)]);
      await workersAre(main, workers);
      await asker.askOften(port, 100);
    }
    expect(asker.pids.length).toBeGreaterThanOrEqual(4);
  }

  function workersAre(main: Child, count: number): Promise<unknown> {
    const workers = () => proc.children(main.pid).length;
    return until(() => workers() === count, { what: () => `${count} workers, not ${workers()}: ${main.tail()}` });
  }

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
        server { listen 127.0.0.1:${port}; location / { return 200 "$pid"; } }
      }`;
  }
});

test('a twin of the selected program that is not selected has no spans', async () => {
  const [one, two] = ['selected', 'left'].map((name) => {
    const path = join(folder, name, 'shop');
    mkdirSync(dirname(path));
    copyFileSync(sampleServer(), path);
    return path;
  });
  const [otherPort = 0] = await freePorts(1);
  const agent = await startAgent({ ports: [], env: { BEYLA_OPEN_PORT: '', BEYLA_AUTO_TARGET_EXE: `${one}` } });
  const twin = new Child(two ?? '', ['-port', `${otherPort}`], { env: { PATH: '' } });
  const server = new Child(one ?? '', ['-port', `${port}`]);
  started.push(twin, server);
  await Promise.all([listening(twin, otherPort), listening(server, port)]);
  await load({ port: otherPort, requests: 100, connections: 4, path: '/twin' });
  await load({ port, requests: 1, connections: 1, path: '/last' });
  await agent.spansWhere(({ path }) => path === '/last', 1);
  await agent.stop();
  expect(agent.spans.map(({ path }) => path)).toEqual(['/last']);
});

test('the first line of a process has its language already', async () => {
  const agent = await startAgent({ printer: 'disabled', env: { BEYLA_TRACE_PRINTER: 'text' } });
  const server = new Child(sampleServer(), ['-port', `${port}`]);
  started.push(server);
  await listening(server, port);
  await load({ port, requests: 1, connections: 1, path: '/first' });
  const lines = () => agent.log.filter((line) => line.includes('/first'));
  await until(() => lines().length > 0);
  expect(lines()[0]).toContain('svc=[testserver go]');
});
