import { setTimeout as delay } from 'node:timers/promises';
import type { CommandResult } from './command/config-check.ts';
import type { Sources } from './config/sources.ts';
import { askAgents } from './doctor/ask.ts';
import { type RouteView, renderRoutes } from './doctor/route-view.ts';
import { socketFolders } from './doctor/sockets.ts';
import { createSilentAgent } from './silent-agent.ts';

export interface PreviewOptions {
  readonly isJson: boolean;
  /** How long to watch when no agent runs. */
  readonly seconds: number;
}

/** `beyla routes preview`: asks the agents that run here, or is one for a while. */
export async function previewRoutes(sources: Sources, { isJson, seconds }: PreviewOptions): Promise<CommandResult> {
  const { answers } = await askAgents(socketFolders);
  const agents = answers.flatMap((answer) => (answer.is === 'alive' ? [answer.state] : []));
  const routes = agents.length > 0 ? agents.flatMap((agent) => agent.routes ?? []) : await watched(sources, seconds);
  return { output: isJson ? `${JSON.stringify(routes, undefined, 2)}\n` : renderRoutes(routes), exitCode: 0 };
}

async function watched(sources: Sources, seconds: number): Promise<readonly RouteView[]> {
  const agent = await createSilentAgent(sources, false);
  await agent.start();
  process.stderr.write(`No agent runs here: watching for ${seconds} s.\n`);
  await delay(seconds * 1000);
  const routes = agent.routes();
  await agent.stop();
  return routes;
}
