import { afterEach, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { freePorts } from '../support/free-ports.ts';
import { Client, type StartServer, server } from '../support/https.ts';
import { httpsProgram, pythonProgram, serverScript } from '../support/programs.ts';

const requests = 200;
const script = (name: string) => serverScript(`https/${name}`);

const servers: Readonly<Record<string, StartServer>> = {
  Python: server(pythonProgram(), (port, { certificate, key }) => [script('server.py'), port, certificate, key]),
  'Node.js': server(process.execPath, (port, { certificate, key }) => [script('server.mjs'), port, certificate, key]),
  Go: server(httpsProgram(), (port, { certificate, key }) => ['server', port, certificate, key]),
};

const clients: Readonly<Record<string, (port: number) => readonly string[]>> = {
  Python: (port) => [pythonProgram(), script('client.py'), `${port}`, `${requests}`],
  'Node.js': (port) => [process.execPath, script('client.mjs'), `${port}`, `${requests}`],
  Go: (port) => [httpsProgram(), 'client', `${port}`, `${requests}`],
};

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
});

describe('the context that a TCP option carries for requests in TLS', () => {
  const pairs = Object.keys(clients).flatMap((client) => Object.keys(servers).map((name) => [client, name] as const));

  test.each(pairs)('%s asks %s', async (clientName, serverName) => {
    const [own = 0, port = 0] = await freePorts(2);
    const asked = (await servers[serverName]?.(port)) as { pid: number; stop(): Promise<unknown> };
    const client = await Client.ready(own, clients[clientName]?.(port) ?? []);
    running.push(asked, client);
    const agent = await Agent.start({
      ports: [own, port],
      env: { BEYLA_BPF_CONTEXT_PROPAGATION: 'tcp', BEYLA_BPF_DISABLE_BLACK_BOX_CP: 'true' },
    });
    running.push(agent);
    await agent.instruments(asked.pid, client.pid);
    await client.run();
    const all = await agent.spansWhere(({ side }) => side === 'server', requests);
    await agent.spansWhere(({ side }) => side === 'client', requests);
    const calls = new Map(agent.spans.filter(({ side }) => side === 'client').map((span) => [span.spanId, span]));
    const joined = all.filter(({ parentRule }) => parentRule === 'option');
    for (const span of joined) {
      const call = calls.get(span.parentSpanId);
      expect(call).toMatchObject({ traceId: span.traceId, path: span.path, method: span.method });
    }
    console.log(`${clientName} asks ${serverName} over TLS: ${joined.length} of ${all.length} joined by their option`);
    expect(joined.length).toBeGreaterThanOrEqual(requests * 0.95);
    expect(new Set(joined.map(({ parentSpanId }) => parentSpanId)).size).toBe(joined.length);
  });
});
