import { get, request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { afterEach, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { backends } from '../support/backends.ts';
import { freePorts } from '../support/free-ports.ts';
import { Child } from '../support/processes.ts';
import { serverScript } from '../support/programs.ts';
import { until } from '../support/until.ts';

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
});

describe.each(backends)('%s: a stream', (backend) => {
  test('is visible while it is open, and a span at its end', async () => {
    const [port = 0, streams = 0] = await freePorts(2);
    const server = new Child(process.execPath, [serverScript('streams.mjs'), `${port}`, `${streams}`]);
    running.push(server);
    await server.line(/^listening/);
    const agent = await Agent.start({ ports: [port, streams], backend });
    running.push(agent);
    await agent.instruments(server.pid);
    const active = async () => {
      const found = (await agent.internalMetrics()).find(
        ({ name, labels }) => name === 'beyla_active_requests' && labels['side'] === 'server',
      );
      return found?.value ?? 0;
    };
    const at = { host: '127.0.0.1', port, agent: false } as const;
    const events = get({ ...at, path: '/events' });
    const { promise: upgraded, resolve } = Promise.withResolvers<import('node:stream').Duplex>();
    request({ ...at, path: '/chat', headers: { Connection: 'Upgrade', Upgrade: 'websocket' } })
      .on('upgrade', (_, socket) => resolve(socket))
      .end();
    const chat = await upgraded;
    chat.resume().write('a message of more than nine bytes');
    const session = connectHttp2(`http://127.0.0.1:${streams}`);
    const stream = session.request({ ':path': '/stream' });
    stream.on('error', () => {}).resume();
    await until(async () => (await active()) === 3);
    expect(agent.spans).toHaveLength(0);
    events.on('error', () => {}).destroy();
    chat.end();
    stream.close();
    session.destroy();
    const spans = await agent.spansWhere(({ side }) => side === 'server', 3);
    expect(spans.map(({ path }) => path).sort()).toEqual(['/chat', '/events', '/stream']);
    expect(spans.find(({ path }) => path === '/chat')?.status).toBe(101);
    await until(async () => (await active()) === 0);
  });
});
