import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { backends } from '../support/backends.ts';
import { freePorts } from '../support/free-ports.ts';
import { type GrpcPeer, grpcClient, grpcServer } from '../support/grpc-peers.ts';
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

type Pair = readonly [server: GrpcPeer, client: GrpcPeer];

const usualPairs: readonly Pair[] = [
  ['grpc-go', 'grpc-go'],
  ['grpc-js', 'grpc-js'],
  ['grpcio', 'grpcio'],
  ['grpc-go', 'grpc-js'],
  ['grpc-js', 'grpcio'],
  ['grpcio', 'grpc-go'],
];
/**
 * GRPC_PAIRS=tonic:grpc-go,grpc-java:grpc-java,… asks for others: of Java, or of tonic, which takes minutes to build and a newer Rust
 * than distributions have.
 */
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
      const seen = await until(
        async () => {
          const [metrics, lost] = await Promise.all([agent.metrics(), agent.internalMetrics()]);
          const now = { server: calls(metrics, 'server', server.pid), client: calls(metrics, 'client', client.pid) };
          return (sum(now.server) >= total && sum(now.client) >= total) || lostSpans(lost) > 0 ? now : undefined;
        },
        { what: () => `${total} calls at both ends` },
      );
      expect(seen).toEqual({ server: expected, client: expected });
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

function sum(found: Readonly<Record<string, number>>): number {
  return Object.values(found).reduce((total, value) => total + value, 0);
}
