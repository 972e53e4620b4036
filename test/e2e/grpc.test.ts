import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { backends } from '../support/backends.ts';
import { freePorts } from '../support/free-ports.ts';
import { type GrpcPeer, grpcClient, grpcPeers, grpcServer, webPeers } from '../support/grpc-peers.ts';
import { lostSpans } from '../support/losses.ts';
import { type Sample, samplesOf } from '../support/prometheus-text.ts';
import { until } from '../support/until.ts';

const count = 5;
const methods = ['Unary', 'ClientStream', 'ServerStream', 'Bidi'];
const codes = ['OK', 'NOT_FOUND', 'INTERNAL', 'UNAVAILABLE', 'DEADLINE_EXCEEDED'];
const inVain = ['DEADLINE_EXCEEDED', 'CANCELLED'];

/** Every call that a client makes, by method and code. */
const expected = callsOf(methods);
/** Over HTTP/1 nobody asks and answers at once. */
const expectedOverHttp1 = callsOf(methods.filter((method) => method !== 'Bidi'));

function callsOf(each: readonly string[]): Counts {
  return Object.fromEntries(
    [
      ...each.flatMap((method) => codes.map((code) => `/beyla.Test/${method} ${code}`)),
      ...inVain.map((code) => `/beyla.Test/Wait ${code}`),
    ].map((call) => [call, count]),
  );
}

type Counts = Readonly<Record<string, number>>;

const peers = Object.keys(grpcPeers) as GrpcPeer[];
const web = Object.keys(webPeers) as GrpcPeer[];

/** What is compiled is compiled before anything is waited for. */
beforeAll(() => {
  for (const program of Object.values({ ...grpcPeers, ...webPeers })) program();
}, 600_000);

describe.each(backends)('captured by %s', (backend) => {
  let ports: number[];
  let agent: Agent;

  beforeAll(async () => {
    ports = await freePorts(peers.length * (1 + peers.length) + web.length * 2);
    agent = await Agent.start({ backend, ports, printer: 'disabled' });
  });
  afterAll(async () => {
    await agent?.stop();
  });

  test.each(peers)('%s asked by all at once: every call by method and code at both ends', async (server) => {
    await ask(server, peers, expected);
  });

  test.each(web)('%s asked by itself in the way of browsers: the same', async (server) => {
    await ask(server, [server], server.endsWith('HTTP/1') ? expectedOverHttp1 : expected);
  });

  async function ask(serverPeer: GrpcPeer, clientPeers: readonly GrpcPeer[], made: Counts): Promise<void> {
    const [port = 0, ...ownPorts] = ports.splice(0, 1 + clientPeers.length);
    const server = await grpcServer(serverPeer, port);
    const clients = await Promise.all(clientPeers.map((peer, i) => grpcClient(peer, port, count, ownPorts[i] ?? 0)));
    try {
      await agent.instruments(server.pid, ...clients.map(({ pid }) => pid));
      for (const client of clients) client.write('go');
      await Promise.all(clients.map((client) => client.line(/done/, 60_000)));
      const total = sum(made);
      let served: Counts = {};
      let asked: Counts[] = [];
      await until(
        async () => {
          const [metrics, lost] = await Promise.all([agent.metrics(), agent.internalMetrics()]);
          served = calls(metrics, 'server', server.pid);
          asked = clients.map(({ pid }) => calls(metrics, 'client', pid));
          const isWhole = sum(served) >= total * clientPeers.length && asked.every((one) => sum(one) >= total);
          return isWhole || lostSpans(lost) > 0;
        },
        { what: () => `${total} calls of each client, not ${JSON.stringify({ served, asked })}` },
      );
      for (const [i, peer] of clientPeers.entries()) expect(asked[i], peer).toEqual(made);
      expect(served).toEqual(
        Object.fromEntries(Object.entries(made).map(([call, n]) => [call, n * clientPeers.length])),
      );
    } finally {
      for (const client of clients) client.write('end');
      await Promise.all(clients.map((client) => client.stop()));
      await server.stop();
    }
  }
});

function calls(metrics: readonly Sample[], side: string, pid: number): Counts {
  const found: Record<string, number> = {};
  for (const { labels, value } of samplesOf(metrics, `rpc_${side}_call_duration_seconds_count`)) {
    if (!labels['instance']?.endsWith(`:${pid}`)) continue;
    const call = `${labels['rpc_method']} ${labels['rpc_response_status_code']}`;
    found[call] = (found[call] ?? 0) + value;
  }
  return found;
}

function sum(found: Counts): number {
  return Object.values(found).reduce((total, value) => total + value, 0);
}
