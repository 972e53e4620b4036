import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backends } from '../support/backends.ts';
import { request, response, turns } from '../support/dialogue.ts';
import { doubtsOf } from '../support/losses.ts';
import { Stage } from '../support/stage.ts';
import { until } from '../support/until.ts';
import { garbled, odd, truncated } from './cases/bad-input.ts';

const meaningless = [...garbled, ...truncated];

describe.each(backends)('captured by %s', (backend) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.withAgent({ backend });
  });
  afterAll(async () => stage?.close());

  test.each(meaningless)('$name: no span', async (dialogue) => {
    await stage.check(dialogue);
  });

  test('each of them was counted at both ends', async () => {
    const counted = async () => doubtsOf(await stage.agent.internalMetrics());
    await until(async () => (await counted()) >= 2 * meaningless.length, { what: 'counters of all of them' });
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
