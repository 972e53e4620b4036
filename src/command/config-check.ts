import { readConfig } from '../config/load.ts';
import { printWritten } from '../config/print-written.ts';
import { describe, type Note, type Problem } from '../config/problem.ts';
import type { Report } from '../config/report.ts';
import type { Config } from '../config/schema.ts';
import { settings } from '../config/settings.ts';
import type { Sources } from '../config/sources.ts';
import { supportOf } from '../config/support.ts';
import { whereOf } from '../config/written.ts';

export interface CommandResult {
  readonly output: string;
  readonly exitCode: number;
}

export interface CheckOptions {
  readonly showsDefaults?: boolean;
  /** What parts of the agent would refuse. */
  readonly problemsOfParts?: (config: Config) => readonly Problem[];
}

/** `beyla config check`: what this build makes of a configuration; exit code 1 when it would be refused. */
export function configCheck(sources: Sources, options: CheckOptions = {}): CommandResult {
  const read = readConfig(sources);
  const found = (read.config && options.problemsOfParts?.(read.config)) ?? [];
  const config = found.length === 0 ? read.config : undefined;
  const report = { ...read.report, problems: [...read.report.problems, ...found] };
  const output = [
    `Configuration: ${report.file ?? 'no file'}, and the environment.`,
    '',
    ...section(
      'Refused',
      report.problems.map((problem) => describe(problem)),
    ),
    ...section('Deprecated', report.deprecated.map(noteLine)),
    ...section('Unknown, ignored', report.unknown.map(noteLine)),
    ...section('Known, without effect in this build', report.withoutEffect.map(placeLine)),
    ...section('Differs from the reference', report.differs.map(noteLine)),
    ...section('Worth a look', report.warnings.map(noteLine)),
    ...section('Understood', report.understood),
    ...effective(report, options.showsDefaults === true),
    config === undefined ? 'Result: refused.' : 'Result: the agent starts with this configuration.',
    '',
  ];
  return { output: output.join('\n'), exitCode: config === undefined ? 1 : 0 };
}

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return [`${title} (${lines.length}):`, ...lines.map((line) => `  ${line}`), ''];
}

function placeLine({ where, key }: Note): string {
  return [where, key].filter((part) => part !== '').join(': ');
}

function noteLine(note: Note): string {
  return `${placeLine(note)}: ${note.text}`;
}

function effective({ effective: all, problems }: Report, showsDefaults: boolean): readonly string[] {
  if (problems.length > 0) return [];
  const set = [...all].filter(([path, { origin }]) => {
    // What a rule has set matters only where something acts on it.
    const isTold = origin.from === 'rule' ? supportOf(path).is !== 'no' : origin.from !== 'default';
    return showsDefaults || isTold;
  });
  const lines = set.map(([path, { written, origin }]) => {
    return `${path}: ${printWritten(settings.get(path), written)}  # ${whereOf(origin)}`;
  });
  return section(showsDefaults ? 'Effective' : 'Effective, besides defaults (-all shows them)', lines);
}
