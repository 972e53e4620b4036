import { afterEach, expect, test } from 'vitest';
import { Agent } from '../support/agent.ts';
import { hops, startChain } from '../support/chain.ts';
import { load } from '../support/load.ts';
import { otlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.ts';
import { Child } from '../support/processes.ts';
import { serverScript } from '../support/programs.ts';
import { until } from '../support/until.ts';

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
});

const requests = 1000;
const kinds = { server: 2, client: 3 };

test.each([1, 10])(
  'a service with an SDK and four without, %d at once: they join, and nothing is told twice',
  async (connections) => {
    const receiver = await otlpReceiver();
    running.push({ stop: () => receiver.close() });
    const otlp = new URL(receiver.url).port;
    const withSdk = (port: number, next: number) =>
      new Child(process.execPath, [serverScript('hop_sdk.mjs'), `${port}`, `${next}`, otlp], { name: 'sdk' });
    const chain = await startChain([
      ['sdk', withSdk],
      ['python', hops.python],
      ['node', hops.node],
      ['java', hops.java],
      ['ruby', hops.ruby],
    ]);
    running.push(...chain.map(({ process }) => process));
    const agent = await Agent.start({
      ports: chain.map(({ port }) => port),
      printer: 'disabled',
      env: {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces`,
        BEYLA_OTLP_TRACES_BATCH_TIMEOUT: '100ms',
      },
    });
    running.push(agent);
    await agent.instruments(...chain.map(({ process }) => process.pid));
    const [first] = chain;
    const port = first?.port ?? 0;
    // once it has been seen to export, a service is left to itself
    await until(async () => {
      await load({ port, requests: 1, connections: 1, path: '/before' });
      const metrics = await agent.internalMetrics();
      return metrics.some(({ name }) => name === 'beyla_avoided_services');
    });
    expect(await load({ port, requests, connections, path: '/%d' })).toMatchObject({ ok: requests, errors: 0 });
    const isCall = ({ kind }: ReceivedSpan) => kind === kinds.server || kind === kinds.client;
    /** Of requests with a number, which the SDK names its spans by. */
    const begun = () => receiver.spans().filter(({ name, kind }) => kind === kinds.server && /^.\d+$/.test(name));
    // the SDK's server and client; of the four others the last one calls nobody
    const perTrace = 2 + 3 * 2 + 1;
    const traces = await until(
      () => {
        const wanted = new Set(begun().map(({ traceId }) => traceId));
        const found = Map.groupBy(
          receiver.spans().filter(({ traceId }) => wanted.has(traceId)),
          ({ traceId }) => traceId,
        );
        return (
          found.size === requests &&
          [...found.values()].every((spans) => spans.filter(isCall).length >= perTrace) &&
          found
        );
      },
      { withinMs: 20_000 },
    );
    for (const spans of traces.values()) {
      // who waited in a queue has children that show it, and its callees are children of the second
      const ids = new Set(spans.map(({ spanId }) => spanId));
      expect(ids.size).toBe(spans.length);
      expect(spans.filter(isCall)).toHaveLength(perTrace);
      expect(spans.filter(({ parentSpanId }) => !parentSpanId || !ids.has(parentSpanId))).toHaveLength(1);
    }
    console.log(`an SDK in one hop, ${connections} at once: ${traces.size} traces of ${perTrace} spans each`);
    expect(traces.size).toBe(requests);
  },
);
