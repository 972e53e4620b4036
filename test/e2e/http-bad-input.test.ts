import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backends } from '../support/backends.ts';
import { request, response, turns } from '../support/dialogue.ts';
import { doubtsOf } from '../support/losses.ts';
import { Stage } from '../support/stage.ts';
import { garbled, odd, truncated } from './cases/bad-input.ts';

describe.each(backends)('captured by %s', (backend) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.withAgent({ backend });
  });
  afterAll(async () => stage?.close());

  test.each([...garbled, ...truncated])('$name: no span, and it is counted', async (dialogue) => {
    const before = doubtsOf(await stage.agent.internalMetrics());
    await stage.check(dialogue);
    expect(doubtsOf(await stage.agent.internalMetrics())).toBeGreaterThan(before);
  });

  test.each(odd)('$name', async (dialogue) => {
    await stage.check(dialogue);
  });

  test('a path that is no UTF-8 is one span, and every output stays readable', async () => {
    const path = '/caf\xe9/\xff\xfe\x80/%zz';
    await stage.play({ name: path, ...turns([request(`GET ${path}`), response(200)]), exchanges: [] });
    const spans = await stage.newSpans();
    expect(spans.map(({ side }) => side).sort()).toEqual(['client', 'server']);
    for (const span of spans) {
      expect(span).toMatchObject({ method: 'GET', status: 200 });
      expect(span.path).toMatch(/^\/caf/);
      expect(span.path.isWellFormed()).toBe(true);
    }
    expect((await stage.agent.metrics()).length).toBeGreaterThan(0);
  });
});
