import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../test/support/free-ports.ts';
import { Child } from '../../test/support/processes.ts';
import { root, serverScript } from '../../test/support/programs.ts';
import { listening, startSampleServer } from '../../test/support/sample-server.ts';
import { until } from '../../test/support/until.ts';
import { placement } from './benchmark.ts';
import { familyOf } from './process-usage.ts';

export interface Server {
  readonly port: number;
  /** All processes that serve. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

export async function startGo(): Promise<Server> {
  const [port = 0] = await freePorts(1);
  return serverOf(await startSampleServer(port, { cpus: placement().server }), port);
}

export async function startNode(): Promise<Server> {
  const [port = 0] = await freePorts(1);
  const script = serverScript('node/server.mjs');
  return started(new Child(process.execPath, [script, String(port)], { cpus: placement().server, name: 'node' }), port);
}

export async function startNginx(): Promise<Server> {
  const [port = 0] = await freePorts(1);
  const folder = join(root, 'build/test/nginx');
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'nginx.conf');
  writeFileSync(
    config,
    readFileSync(serverScript('nginx.conf'), 'utf8').replace('127.0.0.1:PORT', `127.0.0.1:${port}`),
  );
  const args = ['-p', folder, '-c', config, '-g', 'daemon off;'];
  const child = new Child('nginx', args, { cpus: placement().server, name: 'nginx' });
  await listening(child, port);
  // The master listens before it starts the worker that serves.
  await until(() => familyOf(child.pid).length > 1);
  return serverOf(child, port);
}

async function started(child: Child, port: number): Promise<Server> {
  await listening(child, port);
  return serverOf(child, port);
}

function serverOf(child: Child, port: number): Server {
  return { port, pids: familyOf(child.pid), stop: async () => void (await child.stop()) };
}
