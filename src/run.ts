import { readFileSync } from 'node:fs';
import { Agent } from './agent.ts';
import type { Change } from './config/diff.ts';
import { printEffective } from './config/effective.ts';
import { type Loaded, loadConfig } from './config/load.ts';
import { ConfigError, describe } from './config/problem.ts';
import { warningsOf } from './config/tell.ts';
import { type Watcher, watchConfig } from './config/watch.ts';
import { missingCapabilities } from './doctor/capabilities.ts';
import { HostFiles } from './doctor/host.ts';
import { AgentError } from './lib/agent-error.ts';
import { problemsOfParts } from './part-problems.ts';
import { log } from './telemetry/log.ts';
import { product, revision } from './telemetry/product.ts';

const exitClean = 0;
/** As the reference ends for anything but a mistake on the command line. */
export const exitFailed = 255;

/** Runs the agent until a signal ends it, and returns the exit code. `path` is that of the configuration file. */
export async function run(argv: readonly string[], path: string): Promise<number> {
  const load = (): Loaded => acceptedByParts(loadConfig({ argv, env: process.env, readFile }));
  const loaded = load();
  const { config, report } = loaded;
  log.configure({ level: config.log_level, format: config.log_format });
  announce();
  const told = new Set<string>();
  tell(loaded, told);
  if (!hasCapabilities(config.enforce_sys_caps)) return exitFailed;
  if (config.log_config !== '') process.stdout.write(printEffective(report, config.log_config));
  const stopped = Promise.withResolvers<number>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopped.resolve(exitClean));
  const running = Promise.withResolvers<Agent>();
  // from here on a signal to reload ends nothing: it waits until there is an agent that can
  const watcher = watch(loaded, {
    path,
    load,
    told,
    apply: async (next) => (await running.promise).reload(next.config),
  });
  let isBuilt = false;
  const agent = await Agent.create(config, (error) => {
    if (!isBuilt) throw new AgentError('EXPORT', error.message, { cause: error });
    // the reference ends itself as a signal would
    log.error(error.message);
    stopped.resolve(exitClean);
  });
  isBuilt = true;
  await agent.start();
  running.resolve(agent);
  const code = await stopped.promise;
  watcher.close();
  return (await agent.stop()) ? code : exitFailed;
}

function acceptedByParts(loaded: Loaded): Loaded {
  const problems = problemsOfParts(loaded.config);
  if (problems.length > 0) throw new ConfigError(problems);
  return loaded;
}

function readFile(path: string): string {
  return readFileSync(path, 'utf8');
}

function announce(): void {
  log.info('Grafana Beyla', {
    Version: product.version,
    Revision: revision(),
    Implementation: product.name,
    'OpenTelemetry SDK Version': product.version,
  });
  log.info('configuration loaded', { version: 'v1' });
}

/** What there is to say about a configuration, each line once. */
function tell({ report }: Loaded, told: Set<string>): void {
  for (const { message, fields } of warningsOf(report)) {
    const line = `${message} ${fields['keys'] ?? ''}`;
    if (!told.has(line)) log.warn(message, fields);
    told.add(line);
  }
}

function hasCapabilities(isEnforced: boolean): boolean {
  const host = { files: new HostFiles(), subject: 'self', architecture: process.arch, capture: undefined } as const;
  const missing = missingCapabilities(host).join(',');
  if (missing === '') return true;
  const message = 'required capabilities are missing, the agent may not work as it should';
  log[isEnforced ? 'error' : 'warn'](message, { error: missing });
  return !isEnforced;
}

interface Reloading {
  readonly path: string;
  readonly load: () => Loaded;
  readonly told: Set<string>;
  readonly apply: (next: Loaded) => Promise<void>;
}

function watch(running: Loaded, { path, load, told, apply }: Reloading): Watcher {
  return watchConfig({
    path,
    running,
    load,
    readFile,
    async onReload(next, changes) {
      await apply(next);
      tell(next, told);
      for (const change of changes) report(change);
      log.info('configuration reloaded', { changes: changes.filter(({ isLive }) => isLive).length });
    },
    onRefused(error) {
      tellRefusal(error);
      log.error('the new configuration is refused: the old one stays in force');
    },
    onUnwatched: (error) => log.warn('changes of the file go unnoticed: use SIGHUP', { path, error: String(error) }),
  });
}

/** The key is part of the message: each is said, however many there are. */
function report({ key, isLive, ...values }: Change): void {
  const [before, after] = [unquoted(values.before), unquoted(values.after)];
  if (isLive) log.info(`setting ${key} changed`, { before, after });
  else log.warn(`setting ${key} cannot change while the agent runs: it takes a restart`, { before, after });
}

/** The log quotes by itself. */
function unquoted(text: string): string {
  return text.replace(/^"([^"\\]*)"$/, '$1');
}

/** What a user can put right is said without a stack; anything else is a bug and shows one. */
export function tellRefusal(error: unknown): void {
  if (error instanceof ConfigError) {
    for (const problem of error.problems) log.error(`wrong configuration: ${describe(problem)}`);
  } else if (error instanceof AgentError) log.error(error.message, { code: error.code });
  else throw error;
}
