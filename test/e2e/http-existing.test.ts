import { describe, test } from 'vitest';
import { allBackends, backends } from '../support/backends.ts';
import { Stage } from '../support/stage.ts';
import { existing, unread } from './cases/existing.ts';

describe.each(allBackends)('connections older than the agent, captured by %s', (backend) => {
  const seesReads = backends.some((one) => one === backend);
  test.each(seesReads ? [...existing, unread] : existing)('$name', async (dialogue) => {
    const stage = await Stage.open();
    const beginUs = Date.now() * 1000; // a request may wait in its socket before the agent comes
    const played = stage.play(dialogue);
    await Promise.all([stage.client.reached('client-open'), stage.server.reached('server-open')]);
    await stage.startAgent({ backend });
    stage.client.go('agent');
    stage.server.go('agent');
    await played;
    await stage.expectTold(dialogue, beginUs);
    await stage.close();
  });
});
