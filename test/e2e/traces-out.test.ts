import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backends } from '../support/backends.ts';
import { read, readHead, request, response, send, turns } from '../support/dialogue.ts';
import type { SeenSpan } from '../support/seen-span.ts';
import { Stage } from '../support/stage.ts';

/** The agent may learn of the other end by the TCP option alone. */
const optionOnly = {
  BEYLA_BPF_CONTEXT_PROPAGATION: 'tcp',
  BEYLA_BPF_DISABLE_BLACK_BOX_CP: 'true',
};
const answered = response(200);

describe.each(backends)('%s: the context that a TCP option carries', (backend) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.withAgent({ backend, env: optionOnly });
    await stage.newSpans();
  });
  afterAll(async () => stage?.close());

  async function pairs(dialogue: Parameters<Stage['play']>[0]): Promise<(readonly [SeenSpan, SeenSpan])[]> {
    await stage.play(dialogue);
    const spans = await stage.newSpans();
    const side = (wanted: SeenSpan['side']) => spans.filter((span) => span.side === wanted);
    const [clients, servers] = [side('client'), side('server')];
    expect(servers).toHaveLength(clients.length);
    return servers.map((server, i) => [clients[i] as SeenSpan, server]);
  }

  test('joins every request of a kept connection to its own caller', async () => {
    const messages = Array.from(
      { length: 200 },
      (_, i) => [request(`POST /${i}`, 'x'.repeat(i * 40)), answered] as const,
    );
    const all = await pairs({ name: 'kept', exchanges: [], ...turns(...messages) });
    expect(all).toHaveLength(200);
    for (const [client, server] of all) {
      expect(server).toMatchObject({ parentRule: 'option', traceId: client.traceId, parentSpanId: client.spanId });
    }
    expect(new Set(all.map(([client]) => client.traceId)).size).toBe(200);
  });

  test('is that of the request which a segment begins with, and of no other', async () => {
    const asked = [0, 1, 2, 3].map((i) => request(`GET /${i}`));
    const all = await pairs({
      name: 'pipelined',
      exchanges: [],
      client: [send(asked.join('')), read(4 * answered.length)],
      server: [read(asked.join('').length), send(answered), send(answered), send(answered), send(answered)],
    });
    for (const [client, server] of all) {
      const isJoined = server.traceId === client.traceId;
      expect(isJoined).toBe(server.parentRule === 'option');
      if (isJoined) expect(server.parentSpanId).toBe(client.spanId);
    }
  });

  test('is left out where the head leaves in pieces', async () => {
    const asked = request('GET /pieces');
    const all = await pairs({
      name: 'pieces',
      exchanges: [],
      client: [send(asked, { each: 7 }), readHead],
      server: [read(asked.length), send(answered)],
    });
    expect(all.map(([, server]) => server.parentRule)).toEqual([undefined]);
  });

  test('gives way to a header', async () => {
    const [traceId, spanId] = ['a'.repeat(32), 'b'.repeat(16)];
    const asked = request('GET /header', '', `traceparent: 00-${traceId}-${spanId}-01`);
    const all = await pairs({ name: 'header', exchanges: [], ...turns([asked, answered]) });
    expect(all[0]?.[1]).toMatchObject({ traceId, parentSpanId: spanId, parentRule: 'header' });
  });
});
