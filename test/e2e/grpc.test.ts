import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { backends } from '../support/backends.ts';
import { freePorts } from '../support/free-ports.ts';
import { type GrpcPeer, grpcClient, grpcPeers, grpcServer } from '../support/grpc-peers.ts';
import { lostSpans } from '../support/losses.ts';
import { type Sample, samplesOf } from '../support/prometheus-text.ts';
import { until } from '../support/until.ts';

const count = 5;
const methods = ['Unary', 'ClientStream', 'ServerStream', 'Bidi'];
const codes = ['OK', 'NOT_FOUND', 'INTERNAL', 'UNAVAILABLE', 'DEADLINE_EXCEEDED'];
const inVain = ['DEADLINE_EXCEEDED', 'CANCELLED'];

/** Every call that a client makes, by method and code. */
const expected = Object.fromEntries(
  [
    ...methods.flatMap((method) => codes.map((code) => `/beyla.Test/${method} ${code}`)),
    ...inVain.map((code) => `/beyla.Test/Wait ${code}`),
  ].map((call) => [call, count]),
);

interface Seen {
  readonly server: Readonly<Record<string, number>>;
  readonly client: Readonly<Record<string, number>>;
}

type Pair = readonly [server: GrpcPeer, client: GrpcPeer];

/** Each with itself, and in a ring, so that each serves and asks another one. */
const peers = Object.keys(grpcPeers) as GrpcPeer[];
const usualPairs: readonly Pair[] = peers.flatMap((peer, i): Pair[] => [
  [peer, peer],
  [peer, peers[(i + 1) % peers.length] ?? peer],
]);
/** GRPC_PAIRS=tonic:grpcio,… asks for others. */
const asked = process.env['GRPC_PAIRS'];
const pairs = asked === undefined ? usualPairs : asked.split(',').map((pair) => pair.split(':') as unknown as Pair);

describe.each(backends)('captured by %s', (backend) => {
  let ports: number[];
  let agent: Agent;

  beforeAll(async () => {
    ports = await freePorts(2 * pairs.length);
    agent = await Agent.start({ backend, ports, printer: 'disabled' });
  });
  afterAll(async () => {
    await agent?.stop();
  });

  test.each(pairs)('%s asked by %s: every call by method and code at both ends', async (serverPeer, clientPeer) => {
    const [port = 0, ownPort = 0] = ports.splice(0, 2);
    const server = await grpcServer(serverPeer, port);
    const client = await grpcClient(clientPeer, port, count, ownPort);
    try {
      await agent.instruments(server.pid, client.pid);
      client.write('go');
      await client.line(/done/, 30_000);
      const total = Object.keys(expected).length * count;
      let now: Seen = { server: {}, client: {} };
      await until(
        async () => {
          const [metrics, lost] = await Promise.all([agent.metrics(), agent.internalMetrics()]);
          now = { server: calls(metrics, 'server', server.pid), client: calls(metrics, 'client', client.pid) };
          return (sum(now.server) >= total && sum(now.client) >= total) || lostSpans(lost) > 0;
        },
        { what: () => `${total} calls at both ends, not ${JSON.stringify(now)}` },
      );
      const isOfTwoMinds = [serverPeer, clientPeer].includes('tonic');
      const whole = isOfTwoMinds ? inVainTogether(expected) : expected;
      const told = isOfTwoMinds ? { server: inVainTogether(now.server), client: inVainTogether(now.client) } : now;
      expect(told).toEqual({ server: whole, client: whole });
    } finally {
      client.write('end');
      await client.stop();
      await server.stop();
    }
  });
});

function calls(metrics: readonly Sample[], side: string, pid: number): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { labels, value } of samplesOf(metrics, `rpc_${side}_call_duration_seconds_count`)) {
    if (!labels['instance']?.endsWith(`:${pid}`)) continue;
    const call = `${labels['rpc_method']} ${labels['rpc_response_status_code']}`;
    found[call] = (found[call] ?? 0) + value;
  }
  return found;
}

/**
 * Where one end is tonic, deadlines end as they happen to: its server says CANCELLED of them, its client leaves them to the server and to
 * its caller, whichever is faster.
 */
function inVainTogether(found: Readonly<Record<string, number>>): Record<string, number> {
  const together: Record<string, number> = {};
  for (const [call, value] of Object.entries(found)) {
    const [method = ''] = call.split(' ');
    const key = inVain.some((code) => call === `/beyla.Test/Wait ${code}`) ? method : call;
    together[key] = (together[key] ?? 0) + value;
  }
  return together;
}

function sum(found: Readonly<Record<string, number>>): number {
  return Object.values(found).reduce((total, value) => total + value, 0);
}
