import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backends } from '../support/backends.ts';
import type { Exchange } from '../support/dialogue.ts';
import { Stage } from '../support/stage.ts';
import { type ReceivedSpan, spanKinds, TraceReceiver } from '../support/trace-receiver.ts';
import { aborts } from './cases/aborts.ts';

/** The reason stands in `error.type`, which only OTLP carries. */
describe.each(backends)('captured by %s', (backend) => {
  let receiver: TraceReceiver;
  let stage: Stage;
  beforeAll(async () => {
    receiver = await TraceReceiver.start();
    stage = await Stage.withAgent({ backend, env: receiver.agentEnv });
  });
  afterAll(async () => {
    await stage?.close();
    await receiver?.stop();
  });

  test.each(aborts)('$name', async (dialogue) => {
    await stage.check(dialogue);
    await checkReasons(spanKinds.server, dialogue.exchanges);
    await checkReasons(spanKinds.client, dialogue.clientExchanges ?? dialogue.exchanges);
  });

  async function checkReasons(kind: number, exchanges: readonly Exchange[]): Promise<void> {
    for (const exchange of exchanges) {
      const spans = await receiver.spansWhere((span) => span.kind === kind && isAbout(span, exchange), 1);
      expect(spans.map(({ attributes }) => attributes['error.type'] ?? '')).toEqual([exchange.reason ?? '']);
    }
  }
});

function isAbout({ attributes }: ReceivedSpan, { path, status }: Exchange): boolean {
  // A client's URL is only a path where the request named no host.
  const url = new URL(String(attributes['url.full'] ?? attributes['url.path']), 'http://nowhere');
  return url.pathname === path && attributes['http.response.status_code'] === status;
}
