import { afterAll, beforeAll, describe, test } from 'vitest';
import { Stage } from '../support/stage.ts';
import { aborts } from './cases/aborts.ts';
import { garbled, odd, truncated } from './cases/bad-input.ts';
import { bodies } from './cases/bodies.ts';
import { existing } from './cases/existing.ts';
import { framing } from './cases/framing.ts';
import { heads } from './cases/heads.ts';
import { calls, huge } from './cases/io.ts';

/** What fails here is the dialogue, not the agent. */
describe('without an agent, both ends come through', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(async () => stage.close());

  test.each([...framing, ...heads, ...bodies, ...aborts, ...calls, ...huge])('$name', async (dialogue) => {
    await stage.play(dialogue);
  });

  test.each([...garbled, ...truncated, ...odd])('$name', async (dialogue) => {
    await stage.play(dialogue);
  });

  test.each(existing)('a connection older than the agent: $name', async (dialogue) => {
    stage.client.go('agent');
    stage.server.go('agent');
    await stage.play(dialogue);
  });
});
