import { afterEach, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { backends } from '../support/backends.ts';
import { exchange, read, request, response, send, turns } from '../support/dialogue.ts';
import { askDoctor } from '../support/doctor.ts';
import { freePorts } from '../support/free-ports.ts';
import { Client, ownBundle, plannedExchanges, server } from '../support/https.ts';
import { facts } from '../support/language-table.ts';
import { httpRust, pythonProgram, serverScript } from '../support/programs.ts';
import { samplesOf, sumOf } from '../support/prometheus-text.ts';
import { Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';

const requests = 200;
const script = (name: string) => serverScript(`https/${name}`);

/** Programs whose TLS there is no safe way into, against one in Python that is seen. */
const languages = {
  Java: {
    tls: ['JSSE: Java'],
    server: server('java', (port) => [script('Https.java'), port, ownBundle()]),
    client: ['java', script('Client.java')],
  },
  'Rust with rustls': {
    tls: ['libssl', 'static: rustls'], // the program has both
    server: server(httpRust(), (port, { certificate, key }) => ['server', 'rustls', port, certificate, key]),
    client: [httpRust(), 'client', 'rustls'],
  },
} as const;
const python = {
  server: server(pythonProgram(), (port, { certificate, key }) => [script('server.py'), port, certificate, key]),
  client: [pythonProgram(), script('client.py')],
};

const started: { stop(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of started.splice(0).reverse()) await one.stop();
});

describe.each(Object.entries(languages))('TLS of %s', (_, unseen) => {
  test.each(['server', 'client'] as const)(
    '%s: the connection is counted as unseen, and doctor says so',
    async (side) => {
      const [port = 0, own = 0] = await freePorts(2);
      const serving = await (side === 'server' ? unseen : python).server(port);
      started.push(serving);
      const asking = await Client.ready(own, [
        ...(side === 'client' ? unseen : python).client,
        `${port}`,
        `${requests}`,
      ]);
      started.push(asking);
      const agent = await Agent.start({ ports: [port, own] });
      started.push(agent);
      await agent.instruments(serving.pid, asking.pid);
      await asking.run();
      const seen = await agent.spansWhere(() => true, requests);
      expect(seen.map(facts).toSorted()).toEqual(plannedExchanges(requests).map(facts).toSorted());
      expect(new Set(seen.map((span) => span.side))).toEqual(new Set([side === 'server' ? 'client' : 'server']));

      const unseenNow = async () =>
        samplesOf(await agent.internalMetrics(), 'beyla_tls_connections', { state: 'unseen' });
      await until(async () => (await unseenNow()).some(({ value }) => value === 1));
      const { pid } = side === 'server' ? serving : asking;
      const report = await askDoctor();
      const row = report.processes.find((one) => one.pid === pid && one.agent === agent.pid);
      expect(row).toMatchObject({ tls: unseen.tls, encrypted: { connections: 1, seen: 0 } });
      expect(
        report.findings.some(({ says }) => says.includes(`(${pid}) were encrypted, and what they carried unseen`)),
      ).toBe(true);
    },
  );
});

test.each(backends)('a server that looks at the first byte alone, as nginx does: captured by %s', async (backend) => {
  const stage = await Stage.withAgent({ backend });
  started.push({ stop: () => stage.close() });
  const hello = '\x16\x03\x01\0\x05hello';
  const connections = 10;
  for (let i = 1; i <= connections; i++) {
    // So that what the programs looked at before was another connection's, and no TLS.
    const exchanges = [exchange('GET /plain', 200)];
    await stage.check({ name: 'plain', ...turns([request('GET /plain'), response(200)]), exchanges });
    await stage.play({
      name: 'TLS',
      client: [send(hello)],
      server: [read(1, { how: 'peek' }), read(hello.length - 1)],
      exchanges: [],
    });
  }
  const seen = async () => sumOf(await stage.agent.internalMetrics(), 'beyla_tls_connections', { state: 'unseen' });
  await until(async () => (await seen()) === 2 * connections, { what: 'TLS to be known at both ends' });
});
