import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { allBackends, backends, packetBackends } from '../support/backends.ts';
import { checkDialogues } from '../support/conformance.ts';
import { freePorts } from '../support/free-ports.ts';
import { kernelCount } from '../support/losses.ts';
import { Child } from '../support/processes.ts';
import { cProgram } from '../support/programs.ts';
import { until } from '../support/until.ts';
import { calls, huge, hugeInChunks, pageHeads, pageHeadsInPackets } from './cases/io.ts';

describe('calls', () => checkDialogues(calls));
describe('heads that lie in pages', () => {
  checkDialogues(pageHeads, {}, backends);
  checkDialogues(pageHeadsInPackets, {}, packetBackends);
});
describe('sizes', () => {
  checkDialogues(huge);
  checkDialogues(hugeInChunks, {}, backends);
});

describe.each(allBackends)('io_uring captured by %s', (backend) => {
  const count = 1000;
  let server: Child;
  let client: Child;
  let agent: Agent;

  beforeAll(async () => {
    // The client holds the port behind the server's, see uring.c.
    const [port = 0] = await freePorts(1);
    server = new Child(cProgram('uring'), ['server', String(port)], { name: 'uring server' });
    client = new Child(cProgram('uring'), ['client', String(port), String(count)], { name: 'uring client' });
    await Promise.all([server.line(/listening/), client.line(/listening/)]);
    agent = await Agent.start({ backend, ports: [port, port + 1] });
    await agent.instruments(server.pid, client.pid);
    client.write('go');
    await client.line(/^answered/);
  });
  afterAll(async () => {
    await agent?.stop();
    await Promise.all([server?.stop(), client?.stop()]);
  });

  test('every request was answered', () => {
    expect(client.lines).toContain(`answered ${count}`);
  });

  if (backend === 'syscalls') {
    // No system call carries these bytes.
    test('none is seen, and the agent says that there are two rings', async () => {
      const rings = async () => kernelCount(await agent.internalMetrics(), 'ioUring');
      await until(async () => (await rings()) === 2, { what: 'both rings to be counted' });
      expect(agent.spans).toEqual([]);
    });
  } else {
    test('every request is one span at each end', async () => {
      const spans = await agent.spansWhere((span) => span.path === '/uring', 2 * count);
      expect(spans.filter(({ side }) => side === 'server')).toHaveLength(count);
      expect(spans.filter(({ side }) => side === 'client')).toHaveLength(count);
      expect(new Set(spans.map(({ status, responseBytes }) => `${status} ${responseBytes}`))).toEqual(
        new Set(['200 5']),
      );
    });
  }
});
