import type { Sources } from './config/sources.ts';
import { createSilentAgent } from './silent-agent.ts';
import { followTraces } from './view/follow.ts';

/** `beyla trace`: shows the trees that running agents see; without one it is an agent, until it is interrupted. Returns the exit code. */
export async function showTraces(sources: Sources): Promise<number> {
  const write = (text: string) => process.stdout.write(text);
  if ((await followTraces({ write })) > 0) return 0;
  const agent = await createSilentAgent(sources, true);
  await agent.start();
  process.stderr.write('No agent runs here: this one shows what it sees until it is interrupted.\n');
  const shown = followTraces({ write });
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await Promise.race([interrupted, shown]);
  const isStopped = await agent.stop();
  return isStopped && (await shown) > 0 ? 0 : 1;
}
