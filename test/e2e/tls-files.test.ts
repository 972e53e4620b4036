import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { backends } from '../support/backends.ts';
import { freePorts } from '../support/free-ports.ts';
import { Client, server } from '../support/https.ts';
import { cProgram, mappedLibrary, pythonProgram, serverScript } from '../support/programs.ts';
import { samplesOf } from '../support/prometheus-text.ts';

const requests = 50;
const script = (name: string) => serverScript(`https/${name}`);
const pythonServer = server(pythonProgram(), (port, { certificate, key }) => [
  ...[script('server.py'), port, certificate, key],
]);
const client = () => cProgram('openssl_client', 'ssl', 'crypto');

let started: { stop(): Promise<unknown> }[] = [];
let folder = '';
let [port, own, other]: number[] = [];

async function begin<T extends { stop(): Promise<unknown> }>(part: Promise<T>): Promise<T> {
  const one = await part;
  started.push(one);
  return one;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'beyla-tls-'));
  [port, own, other] = await freePorts(3);
});

afterEach(async () => {
  for (const one of started.reverse()) await one.stop();
  started = [];
  rmSync(folder, { recursive: true, force: true });
});

/** A client that has its own copy of the library. */
function withCopy(ownPort = own ?? 0): Promise<Client> {
  return begin(Client.ready(ownPort, ['env', `LD_LIBRARY_PATH=${folder}`, client(), `${port}`, `${requests}`]));
}

describe.each(backends)('captured by %s', (backend) => {
  const agentOf = (...ports: (number | undefined)[]) =>
    begin(Agent.start({ backend, ports: ports.map((one) => one ?? 0) }));

  async function seenOf(agent: Agent, one: Client): Promise<number> {
    const before = agent.spans.length;
    await one.run();
    await agent.spansWhere(() => true, before + requests);
    return agent.spans.length - before;
  }

  test('a library that was deleted, and the one that replaced it', async () => {
    const library = mappedLibrary(client(), 'libssl');
    const copy = join(folder, basename(library));
    copyFileSync(library, copy);
    await begin(pythonServer(port ?? 0));
    const before = await withCopy();
    rmSync(copy);
    copyFileSync(library, copy);
    const agent = await agentOf(own, other);
    const after = await withCopy(other);
    expect([await seenOf(agent, before), await seenOf(agent, after)]).toEqual([requests, requests]);
  });

  test('a library that only the file systems of the process have', async () => {
    const library = mappedLibrary(client(), 'libssl');
    await begin(pythonServer(port ?? 0));
    const inside = `mount -t tmpfs none ${folder} && cp ${library} ${folder} && exec env LD_LIBRARY_PATH=${folder} "$0" "$@"`;
    const command = ['unshare', '--mount', 'sh', '-c', inside, client(), `${port}`, `${requests}`];
    const one = await begin(Client.ready(own ?? 0, command));
    const agent = await agentOf(own);
    expect(await seenOf(agent, one)).toBe(requests);
    expect(agent.log.filter((line) => line.includes(`file=${folder}`) && line.includes('probes are in'))).toHaveLength(
      1,
    );
  });

  test('a library that is loaded when first needed is seen from the first request on', async () => {
    const running = await begin(pythonServer(port ?? 0));
    const agent = await agentOf(port, own);
    const late = [pythonProgram(), script('late_client.py'), `${port}`, `${requests}`];
    const one = await begin(Client.ready(own ?? 0, late));
    await agent.instruments(running.pid, one.pid);
    await one.run();
    await agent.spansWhere(({ side }) => side === 'client', requests);
    await agent.spansWhere(({ side }) => side === 'server', requests);
    expect(agent.spans).toHaveLength(2 * requests);
  });

  test('a twin that is not selected is left alone', async () => {
    await begin(pythonServer(port ?? 0));
    const selected = await begin(Client.ready(own ?? 0, [client(), `${port}`, `${requests}`]));
    const twin = await begin(Client.ready(other ?? 0, [client(), `${port}`, `${requests}`]));
    const agent = await agentOf(own);
    await twin.run();
    expect(await seenOf(agent, selected)).toBe(requests);
    const instances = new Set(
      samplesOf(await agent.metrics(), 'http_client_request_duration_seconds_count').map(
        ({ labels }) => labels['instance'],
      ),
    );
    expect([...instances].map((instance) => instance?.split(':').at(-1))).toEqual([`${selected.pid}`]);
  });
});
