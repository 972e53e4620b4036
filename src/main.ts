import { readFileSync } from 'node:fs';
import { type CommandResult, configCheck } from './command/config-check.ts';
import { configDiff } from './command/config-diff.ts';
import { type Command, parseFlags } from './config/flags.ts';
import { configPath, type Sources } from './config/sources.ts';
import { usage } from './config/usage.ts';
import { examineHost } from './doctor/doctor.ts';
import { render } from './doctor/render.ts';
import { loadAddon } from './kernel/addon.ts';
import { tryObjects } from './kernel/trial.ts';
import { problemsOfParts } from './part-problems.ts';
import { previewRoutes } from './routes-preview.ts';
import { exitFailed, run, tellRefusal } from './run.ts';
import { showTraces } from './show-traces.ts';

/** As the reference ends for a mistake on the command line. */
const exitUsage = 2;

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});

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
      return print(configCheck(sourcesOf(command), { showsDefaults: command.showsDefaults, problemsOfParts }));
    case 'config diff':
      return print(configDiff(sourcesOf(command), command.against, problemsOfParts));
    case 'trace':
      return await untilFailure(() => showTraces(sourcesOf(command)));
    case 'doctor':
      return print(await doctor(command));
    case 'routes preview':
      return await untilFailure(async () => print(await previewRoutes(sourcesOf(command), command)));
    case 'run':
      return await untilFailure(() => run(argv, sourcesOf(command).path));
  }
}

function sourcesOf({ configPath: flag }: Extract<Command, { configPath: string }>): Sources {
  return { path: configPath(flag, process.env), env: process.env, readFile: (path) => readFileSync(path, 'utf8') };
}

async function doctor(command: Extract<Command, { is: 'doctor' }>): Promise<CommandResult> {
  const report = await examineHost({ sources: sourcesOf(command), kernel: { loadAddon, tryObjects } });
  const output = command.isJson ? `${JSON.stringify(report, undefined, 2)}\n` : render(report);
  return { output, exitCode: report.exitCode };
}

function print({ output, exitCode }: CommandResult): number {
  process.stdout.write(output);
  return exitCode;
}

async function untilFailure(action: () => Promise<number>): Promise<number> {
  try {
    return await action();
  } catch (error) {
    tellRefusal(error);
    return exitFailed;
  }
}
