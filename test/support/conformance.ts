import { afterAll, beforeAll, describe, test } from 'vitest';
import { allBackends, type Backend } from './backends.ts';
import type { Dialogue } from './dialogue.ts';
import { Stage, type StageOptions } from './stage.ts';

/** Runs the dialogues under every capture backend, or these; one agent each for all of them. */
export function checkDialogues(
  dialogues: readonly Dialogue[],
  options: StageOptions = {},
  among: readonly Backend[] = allBackends,
): void {
  describe.each(among)('captured by %s', (backend) => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await Stage.withAgent({ ...options, backend });
    });
    afterAll(async () => stage?.close());

    test.each(dialogues)('$name', async (dialogue) => {
      await stage.check(dialogue);
    });
  });
}
