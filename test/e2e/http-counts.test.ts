import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { allBackends } from '../support/backends.ts';
import { freePorts } from '../support/free-ports.ts';
import { Load, type LoadOptions } from '../support/load.ts';
import { lostSpans } from '../support/losses.ts';
import type { Child } from '../support/processes.ts';
import { sumOf } from '../support/prometheus-text.ts';
import { startSampleServer } from '../support/sample-server.ts';
import { until } from '../support/until.ts';

const requests = 10_000;
const cases = [
  { name: 'on 100 kept connections', connections: 100 },
  { name: 'each on a connection of its own', connections: 20, fresh: true },
  {
    name: 'with bodies and a path each, on 50 kept connections',
    connections: 50,
    path: '/item/%d',
    method: 'POST',
    bodyBytes: 100,
  },
];

describe.each(allBackends)('captured by %s', (backend) => {
  let port = 0;
  let ownPort = 0;
  let server: Child;
  let agent: Agent;

  beforeAll(async () => {
    [port = 0, ownPort = 0] = await freePorts(2);
    server = await startSampleServer(port);
    agent = await Agent.start({ backend, ports: [port, ownPort], printer: 'disabled' });
    await agent.instruments(server.pid);
  });
  afterAll(async () => {
    await agent?.stop();
    await server?.stop();
  });

  test.each(cases)(
    `${requests} requests $name are that many at both ends, or the agent says what it lost`,
    async (options) => {
      const before = await counted(agent);
      await runLoad({ port, ownPort, requests, ...options });
      const after = await until(
        async () => {
          const now = await counted(agent);
          return (
            now.server + now.client + now.lost >= before.server + before.client + before.lost + 2 * requests && now
          );
        },
        { what: `${2 * requests} exchanges to be counted` },
      );
      // One more pair: whatever was counted twice would have come before it.
      await runLoad({ port, ownPort, requests: 1, connections: 1 });
      const end = await until(
        async () => {
          const now = await counted(agent);
          return now.server > after.server && now.client > after.client && now;
        },
        { what: 'one more exchange to be counted' },
      );
      const gained = { server: end.server - before.server, client: end.client - before.client };
      const lost = end.lost - before.lost;
      expect(gained.server + gained.client + lost).toBe(2 * (requests + 1));
      if (lost === 0) expect(gained).toEqual({ server: requests + 1, client: requests + 1 });
    },
  );

  async function runLoad(options: LoadOptions): Promise<void> {
    const load = await Load.prepare(options);
    await agent.instruments(load.pid);
    const result = await load.run();
    expect(result).toMatchObject({ count: options.requests, ok: options.requests, errors: 0 });
  }
});

async function counted(agent: Agent): Promise<{ server: number; client: number; lost: number }> {
  const [metrics, internal] = await Promise.all([agent.metrics(), agent.internalMetrics()]);
  return {
    server: sumOf(metrics, 'http_server_request_duration_seconds_count'),
    client: sumOf(metrics, 'http_client_request_duration_seconds_count'),
    lost: lostSpans(internal),
  };
}
