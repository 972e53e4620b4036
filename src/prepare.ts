import type { Config } from './config/schema.ts';
import { CloudMetadata } from './discover/cloud-metadata.ts';
import { describeHost, type Host } from './discover/host.ts';
import { ProcFs } from './discover/proc-fs.ts';
import { pidNamespaceOf } from './discover/surroundings.ts';
import { type Addon, loadAddon } from './kernel/addon.ts';
import { type HeaderTrial, tryHeaders } from './kernel/header-trial.ts';
import { ProcessWatcher } from './kernel/process-watch.ts';
import { waysOf } from './trace-options.ts';

/** What has to be found out before the agent's parts are made. */
export interface Prepared {
  readonly config: Config;
  readonly addon: Addon;
  readonly host: Host;
  readonly proc: ProcFs;
  readonly watcher: ProcessWatcher;
  readonly cloud: CloudMetadata;
  /** Undefined: nobody asks for headers to be written. */
  readonly headers: HeaderTrial | undefined;
}

export async function prepare(config: Config): Promise<Prepared> {
  const { instance_id, host_id, metadata_retry: retry } = config.attributes;
  const cloud = new CloudMetadata({
    timeoutMs: retry.timeout,
    startIntervalMs: retry.start_interval,
    maxIntervalMs: retry.max_interval,
  });
  const host = await describeHost({
    dns: instance_id.dns,
    overrideName: instance_id.override_hostname,
    overrideId: host_id.override,
    firmwareId: cloud.known['host.id'] ?? '',
    defaultResource: config.otlp.resource_attributes,
  });
  const addon = loadAddon();
  const proc = new ProcFs(config.surroundings.host_proc || '/proc');
  const watcher = new ProcessWatcher(addon, proc.self(), pidNamespaceOf(proc));
  const hostPid = watcher.hostPids()?.get(proc.self()) ?? proc.self();
  const headers = waysOf(config).includes('headers') ? await tryHeaders(addon, proc.root, hostPid) : undefined;
  return { config, addon, host, proc, watcher, cloud, headers };
}
