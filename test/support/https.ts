import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Exchange } from './dialogue.ts';
import { Child } from './processes.ts';
import { pythonProgram, root, serverScript } from './programs.ts';
import { listening } from './sample-server.ts';

const folder = join(root, 'build/test/tls');

export type Scheme = 'http' | 'https';

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** One for `localhost`, signed by itself. */
export function ownCertificate(): Certificate {
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  mkdirSync(folder, { recursive: true });
  if (!existsSync(certificate)) {
    const what = ['-newkey', 'rsa:2048', '-nodes', '-days', '3650', '-subj', '/CN=localhost'];
    execFileSync('openssl', ['req', '-x509', ...what, '-keyout', key, '-out', certificate], { stdio: 'pipe' });
  }
  return { certificate, key };
}

/** Certificate and key in one file, as .NET takes them. */
export function ownBundle(): string {
  const { certificate, key } = ownCertificate();
  const bundle = join(folder, 'bundle.p12');
  const what = ['-in', certificate, '-inkey', key, '-passout', 'pass:test', '-legacy', '-out', bundle];
  if (!existsSync(bundle)) execFileSync('openssl', ['pkcs12', '-export', ...what], { stdio: 'pipe' });
  return bundle;
}

/** What the clients of test/servers/https ask: the same in every language. */
export function plannedExchanges(count: number): Exchange[] {
  return Array.from({ length: count }, (_, i) => {
    const requestBytes = i % 2 === 1 ? ((i * 7) % 1000) + 1 : 0;
    const status = [200, 201, 404, 500][i % 4] ?? 0;
    const responseBytes = (i * 37) % 5000;
    const method = requestBytes > 0 ? 'POST' : 'GET';
    return { method, path: `/s/${status}/${responseBytes}`, status, requestBytes, responseBytes };
  });
}

/** A server that answers what is planned, on a port. */
export type StartServer = (port: number) => Promise<Child>;

export function server(command: string, args: (port: string, own: Certificate) => readonly string[]): StartServer {
  return async (port) => {
    const child = new Child(command, args(`${port}`, ownCertificate()), { cwd: folder });
    await listening(child, port);
    return child;
  };
}

/** nginx in front of another server, to which it speaks as it is spoken to. */
export function nginx(upstream: number, scheme: Scheme = 'https'): StartServer {
  const values = { UPSTREAM: upstream, SCHEME: scheme, LISTEN: scheme === 'https' ? 'ssl' : '' };
  return configured('nginx.conf', values, (own, config) => [
    'nginx',
    ...['-p', own, '-c', config, '-g', 'daemon off;'],
  ]);
}

/** The same by caddy, in Go. */
export function caddy(upstream: number, scheme: Scheme = 'https'): StartServer {
  return configured(scheme === 'https' ? 'Caddyfile' : 'Caddyfile.http', { UPSTREAM: upstream }, (_, config) => [
    'caddy',
    ...['run', '--adapter', 'caddyfile', '--config', config],
  ]);
}

/** PHP inside Apache, in one process. */
export function apache(scheme: Scheme): StartServer {
  const modules = '/usr/lib/apache2/modules';
  const php = () => readdirSync(modules).find((file) => /^libphp.*\.so$/.test(file)) ?? 'libphp.so';
  return (port) => {
    const values = {
      MODULES: modules,
      PHP: php(),
      SCRIPTS: serverScript('https'),
      ENGINE: scheme === 'https' ? 'on' : 'off',
    };
    return configured('apache.conf', values, (own, config) => ['apache2', '-X', '-d', own, '-f', config])(port);
  };
}

/** A server whose configuration has capital words to be replaced. */
function configured(
  file: string,
  values: Readonly<Record<string, string | number>>,
  command: (own: string, config: string) => readonly [string, ...string[]],
): StartServer {
  return async (port) => {
    const { certificate, key } = ownCertificate();
    const own = join(folder, `${file}-${port}`);
    mkdirSync(own, { recursive: true });
    const config = join(own, file);
    const all = { ...values, DIR: own, PORT: port, CERTIFICATE: certificate, KEY: key };
    writeFileSync(config, configuration(`https/${file}`, all));
    const [program, ...args] = command(own, config);
    const child = new Child(program, args, { env: { HOME: own } });
    await listening(child, port);
    return child;
  };
}

/** A file of test/servers with its capital words replaced. */
export function configuration(file: string, values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values).reduce(
    (written, [word, value]) => written.replaceAll(new RegExp(`\\b${word}\\b`, 'g'), `${value}`),
    readFileSync(serverScript(file), 'utf8'),
  );
}

/** A file that lets curl ask what is planned. */
export function curlPlan(port: number, count: number, scheme: Scheme = 'https'): string {
  const file = join(folder, `curl-${port}.txt`);
  const asked = plannedExchanges(count).map(({ method, path, requestBytes }) => {
    const data = requestBytes > 0 ? [`data = "${'x'.repeat(requestBytes)}"`] : [];
    const lines = [`url = "${scheme}://127.0.0.1:${port}${path}"`, 'output = "/dev/null"', 'insecure', 'silent'];
    return [...lines, `request = "${method}"`, ...data].join('\n');
  });
  writeFileSync(file, `${asked.join('\nnext\n')}\n`);
  return file;
}

/** A file that lets curl ask for all that the patterns name, for each by a connection of its own that asks to be upgraded. */
export function curlGlobs(globs: readonly string[]): string {
  const file = join(folder, 'curl-globs.txt');
  const asked = globs.map((glob) => `url = "${glob}"\noutput = "/dev/null"\nsilent\nhttp2\n`);
  writeFileSync(file, asked.join('next\n'));
  return file;
}

/** A client that waits for a line, asks all that is planned, says so, and waits for another; it holds a port to be selected by. */
export class Client {
  readonly #child: Child;

  private constructor(child: Child) {
    this.#child = child;
  }

  static async ready(ownPort: number, command: readonly string[]): Promise<Client> {
    const child = new Child(pythonProgram(), [serverScript('https/hold.py'), `${ownPort}`, ...command], {
      name: command.join(' '),
      cwd: folder,
    });
    await child.line(/^waiting/);
    return new Client(child);
  }

  get pid(): number {
    return this.#child.pid;
  }

  run(): Promise<void> {
    return this.ask(/^done/);
  }

  /** Gives it the next line, and waits for what it says then. */
  async ask(answer: RegExp): Promise<void> {
    this.#child.write('go');
    await this.#child.line(answer, 60_000);
  }

  async stop(): Promise<void> {
    this.#child.write('end');
    await this.#child.stop();
  }
}
