import { connect as connectHttp2 } from 'node:http2';
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { hops, isAt, scoreCalls, startChain } from '../support/chain.ts';
import { freePorts } from '../support/free-ports.ts';
import { load } from '../support/load.ts';
import { Child } from '../support/processes.ts';
import { serverScript } from '../support/programs.ts';
import { until } from '../support/until.ts';

const figures: string[] = [];
afterAll(() => console.log(`calls of Node.js, 50 at once\n${figures.join('\n')}`));

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
});

const script = (name: string) => (port: number, next: number) =>
  new Child(process.execPath, [serverScript(name), `${port}`, `${next}`], { name });

describe('Node.js', () => {
  test('ties calls to the request in whose turn they are made, and no others', async () => {
    const chain = await startChain([
      ['turns', script('turns.mjs')],
      ['node', hops.node],
    ]);
    running.push(...chain.map(({ process }) => process));
    const [served, called] = chain.map(({ port }) => port) as [number, number];
    const agent = await Agent.start({ ports: [served, called] });
    running.push(agent);
    await agent.instruments(...chain.map(({ process }) => process.pid));
    const ways = ['now', 'promise', 'timer', 'immediate', 'file', 'local'];
    const requests = 200;
    let told = 0;
    const mixed = ways.flatMap((way) => ['kept', 'few', 'fetch'].map((how) => `/${way}/${how}`));
    const results = await Promise.all(
      mixed.map((path) => load({ port: served, requests, connections: 3, path: `${path}/%d` })),
    );
    for (const result of results) expect(result).toMatchObject({ ok: requests, errors: 0 });
    told += requests * mixed.length;
    await agent.spansWhere(isAt('server', served), told, 30_000);
    for (const path of mixed) {
      const spans = agent.spans.filter((span) => span.path.startsWith(`${path}/`));
      const score = scoreCalls(spans, served, called);
      figures.push(
        `${path.padEnd(18)} ${score.calls} calls, ${score.right} right, ${score.missing} without a link, ${score.wrong} wrong`,
      );
      expect(score).toMatchObject({ calls: requests, wrong: 0 });
      if (/^.(now|promise).kept/.test(path)) expect(score.right).toBe(requests);
    }
  });
});

describe('a process that serves one request and is asked in other ways, too', () => {
  test('has its other calls tied to nothing', async () => {
    const [port = 0, lines = 0, streams = 0, pushed = 0, next = 0] = await freePorts(5);
    const subscribers: Socket[] = [];
    const source = createServer((socket) => subscribers.push(socket.resume())).listen(pushed, '127.0.0.1');
    running.push({ stop: async () => void source.close() });
    const following = hops.node(next, 0);
    const mixed = new Child(
      process.execPath,
      [serverScript('mixed.mjs'), ...[port, next, lines, streams, pushed].map(String)],
      { name: 'mixed.mjs' },
    );
    running.push(following, mixed);
    await mixed.line(/^listening/);
    const agent = await Agent.start({ ports: [port, next] });
    running.push(agent);
    await agent.instruments(mixed.pid, following.pid);
    /** Has something done while a request is being served; the rule by which the call that comes of it was tied. */
    const ruleOf = async (path: string, cause: () => void): Promise<string | undefined> => {
      const answered = fetch(`http://127.0.0.1:${port}/served${path}`);
      await until(() => true);
      cause();
      await (await answered).text();
      const [call] = await agent.spansWhere((span) => span.side === 'client' && span.path === path, 1);
      return call?.parentRule;
    };
    const own = await fetch(`http://127.0.0.1:${port}/own`);
    await own.text();
    const [call] = await agent.spansWhere((span) => span.side === 'client' && span.path === '/own', 1);
    expect(call?.parentRule).toBe('turn');
    // what comes unasked while nothing is served shows that the process acts by itself
    await until(() => subscribers.length > 0);
    subscribers[0]?.write('pushed-idle\n');
    await agent.spansWhere((span) => span.side === 'client' && span.path === '/pushed-idle', 1);
    expect(await ruleOf('/pushed', () => subscribers[0]?.write('pushed\n'))).toBeUndefined();
    const line = connect(lines, '127.0.0.1');
    expect(await ruleOf('/line', () => line.write('line\n'))).toBeUndefined();
    line.destroy();
    const session = connectHttp2(`http://127.0.0.1:${streams}`);
    expect(await ruleOf('/stream', () => session.request({ ':path': '/stream' }).resume().end())).toBeUndefined();
    session.close();
  });
});
