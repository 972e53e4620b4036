import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import type { Exchange } from '../support/dialogue.ts';
import { freePorts } from '../support/free-ports.ts';
import {
  apache,
  Client,
  caddy,
  curlPlan,
  nginx,
  ownBundle,
  plannedExchanges,
  type StartServer,
  server,
} from '../support/https.ts';
import {
  cProgram,
  httpsProgram,
  monoProgram,
  oldOpensslClient,
  pycurlFolder,
  pythonProgram,
  serverScript,
  staticOpensslClient,
} from '../support/programs.ts';
import type { SeenSpan } from '../support/seen-span.ts';

const requests = 200;
const debianPython = '/usr/bin/python3';
const script = (name: string) => serverScript(`https/${name}`);

const servers: Readonly<Record<string, StartServer>> = {
  'Python, a thread a connection': server(pythonProgram(), (port, { certificate, key }) => [
    ...[script('server.py'), port, certificate, key],
  ]),
  'Python asyncio': server(pythonProgram(), (port, { certificate, key }) => [
    ...[script('asyncio_server.py'), port, certificate, key],
  ]),
  'Python uvloop': server(debianPython, (port, { certificate, key }) => [
    ...[script('asyncio_server.py'), port, certificate, key, 'uvloop'],
  ]),
  gunicorn: server('gunicorn', (port, { certificate, key }) => [
    ...['--bind', `127.0.0.1:${port}`, '--workers', '2', '--threads', '2', '--certfile', certificate, '--keyfile', key],
    ...['--chdir', serverScript('https'), 'wsgi:app'],
  ]),
  'Node.js': server(process.execPath, (port, { certificate, key }) => [
    ...[script('server.mjs'), port, certificate, key],
  ]),
  'Ruby, puma': server('puma', (port, { certificate, key }) => [
    ...['--bind', `ssl://127.0.0.1:${port}?key=${key}&cert=${certificate}`, '--quiet', script('config.ru')],
  ]),
  'Ruby, webrick': server('/usr/bin/ruby', (port, { certificate, key }) => [
    ...[script('webrick.rb'), port, certificate, key],
  ]),
  'PHP in Apache': apache(),
  Mono: server('mono', (port) => [monoProgram(), 'server', port, ownBundle()]),
  Go: server(httpsProgram(), (port, { certificate, key }) => ['server', port, certificate, key]),
  'Go, HTTP/2': server(httpsProgram(), (port, { certificate, key }) => ['server2', port, certificate, key]),
};

/** The command of a client that asks the server on a port. */
const clients: Readonly<Record<string, (port: number) => readonly string[]>> = {
  Python: (port) => [pythonProgram(), script('client.py'), `${port}`, `${requests}`],
  'Python asyncio': (port) => [pythonProgram(), script('asyncio_client.py'), `${port}`, `${requests}`],
  'Python uvloop': (port) => [debianPython, script('asyncio_client.py'), `${port}`, `${requests}`, 'uvloop'],
  'Node.js': (port) => [process.execPath, script('client.mjs'), `${port}`, `${requests}`],
  Go: (port) => [httpsProgram(), 'client', `${port}`, `${requests}`],
  'Go, HTTP/2': (port) => [httpsProgram(), 'client2', `${port}`, `${requests}`],
  Ruby: (port) => ['/usr/bin/ruby', script('client.rb'), `${port}`, `${requests}`],
  PHP: (port) => ['php', script('client.php'), `${port}`, `${requests}`],
  Mono: (port) => ['mono', monoProgram(), 'client', `${port}`, `${requests}`],
  'C with OpenSSL': (port) => [cProgram('openssl_client', 'ssl', 'crypto'), `${port}`, `${requests}`],
  'C with OpenSSL 1.1 of a wheel': (port) => [oldOpensslClient(), `${port}`, `${requests}`],
  'C with OpenSSL inside': (port) => [staticOpensslClient(), `${port}`, `${requests}`],
  'Python, curl and OpenSSL of a wheel': (port) => [
    ...['env', `PYTHONPATH=${pycurlFolder()}`, pythonProgram(), script('pycurl_client.py'), `${port}`, `${requests}`],
  ],
  'C with GnuTLS': (port) => [cProgram('gnutls_client', 'gnutls'), `${port}`, `${requests}`],
  curl: (port) => ['sh', script('curl.sh'), `${port}`, curlPlan(port, requests)],
  'curl, HTTP/2': (port) => ['sh', script('curl.sh'), `${port}`, curlPlan(port, requests)],
};

const proxies = { nginx, caddy };

const http2 = 'Go, HTTP/2';

/** The other end of a row: one that speaks HTTP/2 for those that do. */
function of(name: string, withHttp2: string, without: string): string {
  return name.endsWith('HTTP/2') ? withHttp2 : without;
}

describe(`${requests} requests over TLS are told of both ends`, () => {
  const started: { stop(): Promise<unknown> }[] = [];
  const portOf = new Map<string, number>();
  const clientOf = new Map<string, Client>();
  let agent: Agent;

  beforeAll(async () => {
    const names = [...Object.keys(servers), ...Object.keys(proxies)];
    const ports = await freePorts(names.length + Object.keys(clients).length + names.length);
    const next = () => ports.pop() ?? 0;
    for (const name of names) portOf.set(name, next());
    const [reference = ''] = names;
    const behind = Object.entries(proxies).map(([name, proxy]) => [name, proxy(portOf.get(reference) ?? 0)] as const);
    const all = { ...servers, ...Object.fromEntries(behind) };
    const own: number[] = [];
    await Promise.all(
      Object.entries(all).map(async ([name, start]) => {
        const child = await start(portOf.get(name) ?? 0);
        started.push(child);
      }),
    );
    const rows = [
      ...names.map((name) => ({ name: `server ${name}`, command: clients[of(name, http2, 'Python')], to: name })),
      ...Object.entries(clients).map(([name, command]) => ({
        ...{ name: `client ${name}`, command },
        to: of(name, http2, reference),
      })),
    ];
    for (const { name, command, to } of rows) {
      const ownPort = next();
      own.push(ownPort);
      const client = await Client.ready(ownPort, command?.(portOf.get(to) ?? 0) ?? []);
      started.push(client);
      clientOf.set(name, client);
    }
    // Whoever is there before the agent is known when it is ready.
    agent = await Agent.start({ ports: [...portOf.values(), ...own] });
  });
  afterAll(async () => {
    await agent?.stop();
    await Promise.all(started.map((one) => one.stop()));
  });

  test.each(Object.keys(servers))('server: %s', async (name) => {
    expectBoth(await told(`server ${name}`), name);
  });

  test.each(Object.keys(proxies))('server and client at once: %s as a proxy', async (name) => {
    const spans = await told(`server ${name}`, 4);
    expectBoth(
      spans.filter(({ port }) => port === portOf.get(name)),
      name,
    );
    const behind = spans.filter(({ port }) => port !== portOf.get(name));
    expectBoth(behind, Object.keys(servers)[0] ?? '');
  });

  test.each(Object.keys(clients))('client: %s', async (name) => {
    expectBoth(await told(`client ${name}`), of(name, http2, Object.keys(servers)[0] ?? ''));
  });

  async function told(client: string, perRequest = 2): Promise<SeenSpan[]> {
    const before = agent.spans.length;
    await clientOf.get(client)?.run();
    await agent.spansWhere(() => true, before + perRequest * requests);
    return agent.spans.slice(before);
  }

  function expectBoth(spans: readonly SeenSpan[], name: string): void {
    const planned = plannedExchanges(requests).map(facts).toSorted();
    for (const side of ['server', 'client']) {
      expect(
        spans
          .filter((span) => span.side === side)
          .map(facts)
          .toSorted(),
        side,
      ).toEqual(planned);
    }
    expect(new Set(spans.map(({ port }) => port))).toEqual(new Set([portOf.get(name)]));
  }
});

function facts({ method, path, status, requestBytes, responseBytes }: Exchange | SeenSpan): string {
  return `${method} ${path} ${status} ${requestBytes} ${responseBytes}`;
}
