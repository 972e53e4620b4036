import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../test/support/free-ports.ts';
import { configuration, ownCertificate } from '../../test/support/https.ts';
import { Child } from '../../test/support/processes.ts';
import { httpsProgram, root, routersProgram, serverScript } from '../../test/support/programs.ts';
import { listening, startSampleServer } from '../../test/support/sample-server.ts';
import { until } from '../../test/support/until.ts';
import { placement } from './benchmark.ts';
import type { Target } from './loads.ts';
import { familyOf } from './process-usage.ts';

export interface Server extends Target {
  /** All processes that serve. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

export async function startGo(): Promise<Server> {
  const [port = 0] = await freePorts(1);
  return serverOf(await startSampleServer(port, { cpus: placement().server }), port);
}

/** Each request by a pattern of ServeMux, which a probe tells. */
export async function startGoRouter(): Promise<Server> {
  const [port = 0] = await freePorts(1);
  const child = new Child(routersProgram(), ['servemux', `${port}`], { cpus: placement().server, name: 'the router' });
  return { ...(await started(child, port)), path: '/users/7' };
}

export async function startGoTls(): Promise<Server> {
  return startedTls(httpsProgram(), 'server');
}

export async function startNodeTls(): Promise<Server> {
  return startedTls(process.execPath, serverScript('https/server.mjs'));
}

/** Those of the tests, that answer with as many bytes as the path says. */
async function startedTls(command: string, first: string): Promise<Server> {
  const [port = 0] = await freePorts(1);
  const { certificate, key } = ownCertificate();
  const args = [first, `${port}`, certificate, key];
  const server = await started(new Child(command, args, { cpus: placement().server }), port);
  return { ...server, isTls: true, path: '/s/200/3' };
}

export async function startNode(): Promise<Server> {
  const [port = 0] = await freePorts(1);
  const script = serverScript('node/server.mjs');
  return started(new Child(process.execPath, [script, String(port)], { cpus: placement().server, name: 'node' }), port);
}

export async function startNginx(): Promise<Server> {
  return nginx('nginx', 'nginx.conf', {});
}

export async function startNginxTls(): Promise<Server> {
  const { certificate, key } = ownCertificate();
  const server = await nginx('nginx-tls', 'https/nginx.conf', {
    CERTIFICATE: certificate,
    KEY: key,
    UPSTREAM: '9',
    LISTEN: 'ssl',
    SCHEME: 'https',
  });
  return { ...server, isTls: true };
}

async function nginx(name: string, file: string, words: Readonly<Record<string, string>>): Promise<Server> {
  const [port = 0] = await freePorts(1);
  const folder = join(root, 'build/test', name);
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'nginx.conf');
  writeFileSync(config, configuration(file, { ...words, PORT: port }));
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
  return { port, path: '/bench', isTls: false, pids: familyOf(child.pid), stop: async () => void (await child.stop()) };
}
