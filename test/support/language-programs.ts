import { apache, caddy, curlPlan, nginx, ownBundle, type Scheme, type StartServer, server } from './https.ts';
import { httpRust, httpsProgram, monoProgram, pythonProgram, serverScript } from './programs.ts';

type Servers = Readonly<Record<string, StartServer>>;
type Clients = Readonly<Record<string, (port: number) => readonly string[]>>;

const debianPython = '/usr/bin/python3';
const script = (name: string) => serverScript(`https/${name}`);

/** Servers of test/servers that answer what is planned, with TLS or without. */
export function languageServers(scheme: Scheme): Servers {
  const isEncrypted = scheme === 'https';
  const own = (command: string, args: readonly string[], after: readonly string[] = []) =>
    server(command, (port, { certificate, key }) => [
      ...[...args, port, ...(isEncrypted ? [certificate, key] : []), ...after],
    ]);
  return {
    'Python, a thread a connection': own(pythonProgram(), [script('server.py')]),
    'Python asyncio': own(pythonProgram(), [script('asyncio_server.py')]),
    'Python uvloop': own(debianPython, [script('asyncio_server.py')], ['uvloop']),
    gunicorn: server('gunicorn', (port, { certificate, key }) => [
      ...['--bind', `127.0.0.1:${port}`, '--workers', '2', '--threads', '2'],
      ...(isEncrypted ? ['--certfile', certificate, '--keyfile', key] : []),
      ...['--chdir', serverScript('https'), 'wsgi:app'],
    ]),
    'Node.js': own(process.execPath, [script('server.mjs')]),
    'Ruby, puma': server('puma', (port, { certificate, key }) => {
      const at = isEncrypted ? `ssl://127.0.0.1:${port}?key=${key}&cert=${certificate}` : `tcp://127.0.0.1:${port}`;
      return ['--bind', at, '--quiet', script('config.ru')];
    }),
    'Ruby, webrick': own('/usr/bin/ruby', [script('webrick.rb')]),
    'PHP in Apache': apache(scheme),
    Mono: server('mono', (port) => [monoProgram(), 'server', port, ...(isEncrypted ? [ownBundle()] : [])]),
    Go: own(httpsProgram(), ['server']),
    [`Rust, axum${isEncrypted ? ' and OpenSSL' : ''}`]: own(httpRust(), ['server', isEncrypted ? 'openssl' : 'plain']),
  };
}

export function languageProxies(scheme: Scheme): Readonly<Record<string, (upstream: number) => StartServer>> {
  return { nginx: (upstream) => nginx(upstream, scheme), caddy: (upstream) => caddy(upstream, scheme) };
}

/** Clients of test/servers that ask what is planned. */
export function languageClients(scheme: Scheme, requests: number): Clients {
  const isEncrypted = scheme === 'https';
  const own = (port: number, ...command: readonly string[]) => [
    ...[...command, `${port}`, `${requests}`, ...(isEncrypted ? [] : ['http'])],
  ];
  return {
    Python: (port) => own(port, pythonProgram(), script('client.py')),
    'Python asyncio': (port) => own(port, pythonProgram(), script('asyncio_client.py')),
    'Python uvloop': (port) => [...own(port, debianPython, script('asyncio_client.py')), 'uvloop'],
    'Node.js': (port) => own(port, process.execPath, script('client.mjs')),
    Go: (port) => own(port, httpsProgram(), 'client'),
    Ruby: (port) => own(port, '/usr/bin/ruby', script('client.rb')),
    PHP: (port) => own(port, 'php', script('client.php')),
    Mono: (port) => own(port, 'mono', monoProgram(), 'client'),
    [`Rust, hyper${isEncrypted ? ' and OpenSSL' : ''}`]: (port) => [
      ...[httpRust(), 'client', isEncrypted ? 'openssl' : 'plain', `${port}`, `${requests}`],
    ],
    curl: (port) => ['sh', script('curl.sh'), `${port}`, curlPlan(port, requests, scheme)],
  };
}
