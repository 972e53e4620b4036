import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { backends } from '../support/backends.ts';
import { freePorts } from '../support/free-ports.ts';
import { Client, curlGlobs } from '../support/https.ts';
import { lostSpans } from '../support/losses.ts';
import { Child } from '../support/processes.ts';
import { serverScript } from '../support/programs.ts';
import { listening } from '../support/sample-server.ts';

/** Each begins with HTTP/1.1: its first request asks for the upgrade, and is answered on stream 1. */
const connections = 4;
const perConnection = 50;
const paths = Array.from({ length: connections }, (_, i) =>
  Array.from({ length: perConnection }, (_, k) => `/${i}-${k}`),
);

const body = 'hello\n';
const folder = mkdtempSync(join(tmpdir(), 'beyla-upgrade-'));
beforeAll(() => {
  for (const path of paths.flat()) writeFileSync(join(folder, path), body);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(backends)('captured by %s', (backend) => {
  const started: { stop(): Promise<unknown> }[] = [];
  let port: number;
  let agent: Agent;
  let client: Client;

  beforeAll(async () => {
    const [frontPort = 0, backPort = 0, clientPort = 0] = await freePorts(3);
    port = frontPort;
    await start(new Child('nghttpd', ['--no-tls', '--htdocs', folder, `${backPort}`], { name: 'nghttpd' }), backPort);
    const front = [`--frontend=127.0.0.1,${port};no-tls`, `--backend=127.0.0.1,${backPort};;proto=h2`, '--workers=1'];
    await start(new Child('nghttpx', ['--conf=/dev/null', ...front], { name: 'nghttpx' }), port);
    const globs = paths.map((_, i) => `http://127.0.0.1:${port}/${i}-[0-${perConnection - 1}]`);
    client = await Client.ready(clientPort, ['sh', serverScript('https/curl.sh'), `${clientPort}`, curlGlobs(globs)]);
    agent = await Agent.start({ backend, ports: [port, clientPort] });
  });
  afterAll(async () => {
    await agent?.stop();
    await client?.stop();
    for (const one of started.reverse()) await one.stop();
  });

  async function start(child: Child, on: number): Promise<void> {
    started.push(child);
    await listening(child, on);
  }

  test('every request of a connection that is upgraded to HTTP/2 is one span at both ends', async () => {
    await client.run();
    const asked = paths.flat().map((path) => `GET ${path} 200 0 ${body.length}`);
    const spans = await agent.spansWhere((span) => span.port === port, 2 * asked.length);
    for (const side of ['server', 'client']) {
      const told = spans.filter((span) => span.side === side);
      const facts = told.map((s) => `${s.method} ${s.path} ${s.status} ${s.requestBytes} ${s.responseBytes}`);
      expect(facts.toSorted(), side).toEqual(asked.toSorted());
    }
    expect(lostSpans(await agent.internalMetrics())).toBe(0);
  });
});
