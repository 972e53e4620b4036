import { Agent } from './agent.ts';
import { loadConfig } from './config/load.ts';
import type { Sources } from './config/sources.ts';
import { log } from './telemetry/log.ts';

/**
 * An agent of the same configuration that exports nothing, for commands that look at traffic when no agent runs. With ids it knows
 * traces, too.
 */
export async function createSilentAgent({ path, env, readFile }: Sources, hasIds: boolean): Promise<Agent> {
  log.configure({ level: 'ERROR', format: 'text' });
  const argv = path === '' ? [] : ['-config', path];
  // a configuration has to export something
  const { config } = loadConfig({ argv, env: { BEYLA_TRACE_PRINTER: 'counter', ...env }, readFile });
  const silent = {
    ...config,
    trace_printer: hasIds ? 'counter' : 'disabled',
    prometheus_export: { ...config.prometheus_export, port: 0 },
    otel_metrics_export: { ...config.otel_metrics_export, endpoint: '' },
    otel_traces_export: { ...config.otel_traces_export, endpoint: '' },
    otlp: { ...config.otlp, endpoint: '' },
    grafana: { otlp: { ...config.grafana.otlp, cloud_submit: [] } },
    internal_metrics: { ...config.internal_metrics, prometheus: { ...config.internal_metrics.prometheus, port: 0 } },
  } as const;
  return await Agent.create(silent, (error) => {
    throw error;
  });
}
