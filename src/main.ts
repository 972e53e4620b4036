import { readFileSync } from 'node:fs';
import { Agent } from './agent.ts';
import { parseFlags } from './config/flags.ts';
import { loadConfig } from './config/load.ts';
import { AgentError } from './lib/agent-error.ts';
import { log } from './telemetry/log.ts';

/** Exit codes of the reference: a user's mistake on the command line, and everything else that ends the agent. */
const exitUsage = 2;
const exitFailed = 255;

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const command = parseFlags(argv);
  try {
    switch (command.is) {
      case 'run':
        return await run(argv);
      case 'misuse':
        process.stderr.write(`${command.message}\n`);
        return exitUsage;
      default:
        return 0;
    }
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    log.error(error.message, { code: error.code });
    return exitFailed;
  }
}

async function run(argv: readonly string[]): Promise<number> {
  const { config } = loadConfig({ argv, env: process.env, readFile: (path) => readFileSync(path, 'utf8') });
  log.configure({ level: config.log_level, format: config.log_format });
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
