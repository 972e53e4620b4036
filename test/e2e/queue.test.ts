import { afterEach, describe, expect, test } from 'vitest';
import { median } from '../../scripts/bench/statistics.ts';
import { Agent } from '../support/agent.ts';
import { backends } from '../support/backends.ts';
import { freePorts } from '../support/free-ports.ts';
import { load } from '../support/load.ts';
import { otlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.ts';
import { Child } from '../support/processes.ts';
import { serverScript } from '../support/programs.ts';
import { until } from '../support/until.ts';

const running: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.stop();
});

const busyMs = 5;
const requests = 200;

function ms({ startTimeUnixNano: start, endTimeUnixNano: end }: ReceivedSpan): number {
  return Number(BigInt(end) - BigInt(start)) / 1e6;
}

describe.each(backends)('%s: a server with one thread', (backend) => {
  test('shows how long requests wait for it, apart from how long it works on them', async () => {
    const receiver = await otlpReceiver();
    running.push({ stop: () => receiver.close() });
    const [port = 0] = await freePorts(1);
    const server = new Child(process.execPath, [serverScript('busy.mjs'), `${port}`, `${busyMs}`]);
    running.push(server);
    await server.line(/^listening/);
    const agent = await Agent.start({
      ports: [port],
      backend,
      printer: 'disabled',
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, BEYLA_OTLP_TRACES_BATCH_TIMEOUT: '100ms' },
    });
    running.push(agent);
    await agent.instruments(server.pid);
    const figures: { connections: number; queueMs: number; processingMs: number }[] = [];
    for (const connections of [2, 4, 8, 16]) {
      const path = `/${connections}`;
      expect(await load({ port, requests, connections, path })).toMatchObject({ ok: requests, errors: 0 });
      const whole = () =>
        receiver
          .spans()
          .filter(
            ({ kind, attributes }) => kind === 2 && attributes.some(({ value }) => value['stringValue'] === path),
          );
      const roots = await until(() => whole().length >= requests && whole());
      const children = (name: string) =>
        new Map(receiver.spans().flatMap((span) => (span.name === name ? [[span.parentSpanId, span]] : [])));
      const [queued, processed] = [children('in queue'), children('processing')];
      const waited = roots.flatMap((root) => {
        const [queue, processing] = [queued.get(root.spanId), processed.get(root.spanId)];
        return queue === undefined || processing === undefined ? [] : [{ root, queue, processing }];
      });
      // But for the first ones each waits for those before it. With one other, a client that was late itself finds the server idle.
      expect(waited.length).toBeGreaterThan(requests * (connections === 2 ? 0.75 : 0.9));
      for (const { root, queue, processing } of waited) {
        expect(Math.abs(ms(queue) + ms(processing) - ms(root))).toBeLessThanOrEqual(ms(root) * 0.01);
        expect(queue.endTimeUnixNano).toBe(processing.startTimeUnixNano);
      }
      const [queueMs, processingMs] = (['queue', 'processing'] as const).map((part) =>
        median(waited.map((one) => ms(one[part]))),
      ) as [number, number];
      figures.push({ connections, queueMs, processingMs });
    }
    console.log(
      figures
        .map(
          ({ connections, queueMs, processingMs }) =>
            `${backend}, ${connections} at once: in queue ${queueMs.toFixed(2)} ms, processing ${processingMs.toFixed(2)} ms`,
        )
        .join('\n'),
    );
    // 15 are before each in place of one
    expect(figures.at(-1)?.queueMs).toBeGreaterThan((figures[0]?.queueMs ?? 0) * 6);
    figures.forEach(({ queueMs, processingMs }, i) => {
      const before = figures[i - 1];
      if (before !== undefined) expect(queueMs).toBeGreaterThan(before.queueMs * 1.2);
      expect(processingMs).toBeGreaterThan(busyMs * 0.95);
      expect(processingMs).toBeLessThan(busyMs * 2);
    });
  });
});
