import { expect, test } from 'vitest';
import { median } from '../../scripts/bench/statistics.ts';
import { Agent } from '../support/agent.ts';
import { freePorts } from '../support/free-ports.ts';
import { grpcClient } from '../support/grpc-peers.ts';
import { Child } from '../support/processes.ts';
import { grpcGoPeer } from '../support/programs.ts';
import { until } from '../support/until.ts';

const queueMs = 30;
const count = 5;

interface Printed {
  readonly type: string;
  readonly start: string;
  readonly handlerStart: string;
  readonly attributes: Readonly<Record<string, string>>;
}

test('what a call waits for grpc-go to handle it is told apart from what it takes', async () => {
  const [port = 0, ownPort = 0] = await freePorts(2);
  const server = new Child(grpcGoPeer(), ['server', `${port}`, `${queueMs}ms`]);
  await server.line(/listening/);
  const client = await grpcClient('grpc-go', port, count, ownPort);
  const agent = await Agent.start({ ports: [port] });
  try {
    await until(() => agent.log.some((line) => line.includes('probes are in') && line.includes('grpc-go')));
    client.write('go');
    await client.line(/done/, 60_000);
    const unary = () => printed(agent.log).filter(({ attributes }) => attributes['method'] === '/beyla.Test/Unary');
    await until(() => unary().length >= 5 * count);
    expect(unary()).toHaveLength(5 * count);
    const waitedMs = unary().map(({ start, handlerStart }) => (Number(handlerStart) - Number(start)) / 1000);
    expect(Math.min(...waitedMs)).toBeGreaterThanOrEqual(queueMs);
    expect(median(waitedMs)).toBeLessThan(2 * queueMs);
  } finally {
    await agent.stop();
    client.write('end');
    await client.stop();
    await server.stop();
  }
}, 120_000);

function printed(log: readonly string[]): Printed[] {
  return log
    .filter((line) => line.startsWith('[{'))
    .flatMap((line) => JSON.parse(line) as Printed[])
    .filter(({ type }) => type === 'GRPC');
}
