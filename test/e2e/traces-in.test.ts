import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { spanId, traceId, traceparents } from '../fixtures/trace-context.ts';
import { backends } from '../support/backends.ts';
import { type Dialogue, read, readHead, request, response, send, turns } from '../support/dialogue.ts';
import type { SeenSpan } from '../support/seen-span.ts';
import { Stage } from '../support/stage.ts';

const answered = response(200);
const valid = `00-${traceId}-${spanId}-01`;
const cookies = `Cookie: ${'c=0123456789; '.repeat(900)}`;

/** A request for each list of headers, one after the other on a connection. */
function asking(...headers: readonly (readonly string[])[]): Omit<Dialogue, 'name' | 'exchanges'> {
  return turns(...headers.map((each, i) => [request(`GET /${i}`, '', ...each), answered] as const));
}

describe.each(backends)('%s: the context that requests bring', (backend) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.withAgent({ backend });
    await stage.newSpans();
  });
  afterAll(async () => stage?.close());

  /** Plays it; the server's spans in the order of their requests. */
  async function served(dialogue: Omit<Dialogue, 'name' | 'exchanges'>): Promise<SeenSpan[]> {
    await stage.play({ name: 'trace', exchanges: [], ...dialogue });
    const spans = await stage.newSpans();
    return spans.filter(({ side }) => side === 'server');
  }

  test('counts when it is valid, and only then', async () => {
    const spans = await served(asking(...traceparents.map(({ value }) => [`Traceparent: ${value}`])));
    expect(spans.map(told)).toEqual(
      traceparents.map(({ value, flags }) => {
        const [, trace, span] = value.trim().split('-');
        return flags === undefined ? 'none' : `${trace} ${span} ${flags} header`;
      }),
    );
  });

  test('is found under any spelling, anywhere in the head, once', async () => {
    const spans = await served(
      asking(
        [`traceparent: ${valid}`],
        [`TRACEPARENT:${valid}`],
        [`tRaCePaReNt: \t ${valid}  `],
        ['Accept: */*', cookies, `Traceparent: ${valid}`],
        [`Traceparent: ${valid}`, cookies],
        [`X-Traceparent: ${valid}`],
        [`Traceparents: ${valid}`],
        [`Traceparent: ${valid}`, `traceparent: ${valid}`],
        [`Transfer: x`, `traces: y`, `traceparent : ${valid}`],
      ),
    );
    const joined = `${traceId} ${spanId} 1 header`;
    expect(spans.map(told)).toEqual([joined, joined, joined, joined, joined, 'none', 'none', 'none', 'none']);
  });

  test('is found wherever the head is cut', async () => {
    const asked = request('GET /cut', '', 'A: b', `Traceparent: ${valid}`, 'tracestate: k=v', 'Tracestate: l=w');
    const cuts = Array.from({ length: asked.length - 1 }, (_, i) => i + 1);
    const spans = await served({
      client: [
        ...cuts.flatMap((cut) => [send(asked, { at: [cut] }), read(answered.length)]),
        send(asked, { each: 1 }),
        readHead,
      ],
      server: [
        ...cuts.flatMap((cut) => [read(cut, { max: cut }), read(asked.length - cut), send(answered)]),
        read(asked.length, { max: 1 }),
        send(answered),
      ],
    });
    expect(spans).toHaveLength(cuts.length + 1);
    for (const span of spans) {
      expect(told(span)).toBe(`${traceId} ${spanId} 1 header`);
      expect(span.traceState).toBe('k=v,l=w');
    }
  });

  test('belongs to the request that brings it, also among pipelined ones', async () => {
    const asked = [0, 1, 2, 3].map((i) =>
      request(
        `GET /${i}`,
        '',
        ...(i % 2 === 0 ? [`Traceparent: ${valid.replace('-01', `-0${i}`)}`, `tracestate: k=${i}`] : []),
      ),
    );
    const whole = asked.join('');
    const spans = await served({
      client: [send(whole), read(4 * answered.length)],
      server: [read(whole.length), send(answered), send(answered), send(answered), send(answered)],
    });
    const joined = (flags: number) => `${traceId} ${spanId} ${flags} header`;
    expect(spans.map(told)).toEqual([joined(0), 'none', joined(2), 'none']);
    expect(spans.map(({ traceState }) => traceState)).toEqual(['k=0', '', 'k=2', '']);
  });

  test('leaves a tracestate alone that comes without a traceparent', async () => {
    const spans = await served(
      asking(['tracestate: k=v'], [`Traceparent: ${valid}`, `tracestate: ${'k=v,'.repeat(40)}`]),
    );
    expect(spans.map(({ traceState }) => traceState)).toEqual(['', '']);
  });

  test('makes the span of the library that wrote it the caller of the server', async () => {
    await stage.play({ name: 'client', exchanges: [], ...asking([`Traceparent: ${valid}`], []) });
    const spans = await stage.newSpans();
    const [carrying, plain] = spans.filter(({ side }) => side === 'client');
    expect(carrying).toMatchObject({ traceId, spanId, parentSpanId: '0'.repeat(16), parentRule: 'header' });
    expect(plain?.parentRule).toBeUndefined();
    expect(spans.filter(({ side }) => side === 'server')[1]).toMatchObject({
      traceId: plain?.traceId,
      parentSpanId: plain?.spanId,
      parentRule: 'host',
    });
  });
});

/** How a server's span joins a trace; joining by what the agent saw on the same host is none of the request's doing. */
function told({ traceId: trace, parentSpanId, traceFlags, parentRule }: SeenSpan): string {
  return parentRule === 'header' ? `${trace} ${parentSpanId} ${traceFlags} header` : 'none';
}
