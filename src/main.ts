import { readFileSync } from 'node:fs';
import { Agent } from './agent.ts';
import { type CommandResult, configCheck } from './command/config-check.ts';
import { configDiff } from './command/config-diff.ts';
import { type Command, parseFlags } from './config/flags.ts';
import { type Loaded, loadConfig } from './config/load.ts';
import { ConfigError, describe } from './config/problem.ts';
import { configPath, type Sources } from './config/sources.ts';
import { warningsOf } from './config/tell.ts';
import { usage } from './config/usage.ts';
import { AgentError } from './lib/agent-error.ts';
import { log } from './telemetry/log.ts';

/** Exit codes of the reference: a mistake on the command line, and everything else that ends the agent early. */
const exitUsage = 2;
const exitFailed = 255;

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const command = parseFlags(argv);
  switch (command.is) {
    case 'help':
      process.stderr.write(usage());
      return 0;
    case 'misuse':
      process.stderr.write(`${command.message}\n${usage()}`);
      return exitUsage;
    case 'config check':
      return print(configCheck(sourcesOf(command), { showsDefaults: command.showsDefaults }));
    case 'config diff':
      return print(configDiff(sourcesOf(command), command.against));
    case 'doctor':
      process.stderr.write('doctor is not in this build yet\n');
      return exitUsage;
    case 'run':
      return await untilFailure(() => run(argv));
  }
}

function sourcesOf({ configPath: flag }: Extract<Command, { configPath: string }>): Sources {
  return { path: configPath(flag, process.env), env: process.env, readFile: (path) => readFileSync(path, 'utf8') };
}

function print({ output, exitCode }: CommandResult): number {
  process.stdout.write(output);
  return exitCode;
}

/** What a user can put right is said without a stack; anything else is a bug and shows one. */
async function untilFailure(action: () => Promise<number>): Promise<number> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof ConfigError) for (const problem of error.problems) log.error(describe(problem));
    else if (error instanceof AgentError) log.error(error.message, { code: error.code });
    else throw error;
    return exitFailed;
  }
}

async function run(argv: readonly string[]): Promise<number> {
  const load = (): Loaded => loadConfig({ argv, env: process.env, readFile: (path) => readFileSync(path, 'utf8') });
  const { config, report } = load();
  log.configure({ level: config.log_level, format: config.log_format });
  for (const { message, fields } of warningsOf(report)) log.warn(message, fields);
  const stopped = Promise.withResolvers<number>();
  const agent = await Agent.create(config, (error) => {
    log.error(error.message);
    stopped.resolve(0);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopped.resolve(0));
  await agent.start();
  const code = await stopped.promise;
  await agent.stop();
  return code;
}
