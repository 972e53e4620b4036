import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from './agent.ts';
import type { CommandResult } from './command/config-check.ts';
import { loadConfig } from './config/load.ts';
import type { Sources } from './config/sources.ts';
import { askAgents } from './doctor/ask.ts';
import { type RouteView, renderRoutes } from './doctor/route-view.ts';
import { socketFolders } from './doctor/sockets.ts';
import { log } from './telemetry/log.ts';

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

/** An agent of the same configuration that exports nothing. */
async function watched({ path, env, readFile }: Sources, seconds: number): Promise<readonly RouteView[]> {
  log.configure({ level: 'ERROR', format: 'text' });
  const argv = path === '' ? [] : ['-config', path];
  // a configuration has to export something
  const { config } = loadConfig({ argv, env: { BEYLA_TRACE_PRINTER: 'counter', ...env }, readFile });
  const silent = {
    ...config,
    trace_printer: 'disabled',
    prometheus_export: { ...config.prometheus_export, port: 0 },
    otel_metrics_export: { ...config.otel_metrics_export, endpoint: '' },
    otel_traces_export: { ...config.otel_traces_export, endpoint: '' },
    otlp: { ...config.otlp, endpoint: '' },
    grafana: { otlp: { ...config.grafana.otlp, cloud_submit: [] } },
    internal_metrics: { ...config.internal_metrics, prometheus: { ...config.internal_metrics.prometheus, port: 0 } },
  } as const;
  const agent = await Agent.create(silent, (error) => {
    throw error;
  });
  await agent.start();
  process.stderr.write(`No agent runs here: watching for ${seconds} s.\n`);
  await delay(seconds * 1000);
  const routes = agent.routes();
  await agent.stop();
  return routes;
}
