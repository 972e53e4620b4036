import { type Change, diffConfig } from '../config/diff.ts';
import { readConfig } from '../config/load.ts';
import { describe, type Problem } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import type { Sources } from '../config/sources.ts';
import type { CommandResult } from './config-check.ts';

/** `beyla config diff`: what a reload with another file would change; exit code 1 when that file would be refused. */
export function configDiff(
  sources: Sources,
  against: string,
  problemsOfParts: (config: Config) => readonly Problem[] = () => [],
): CommandResult {
  const running = readConfig(sources);
  const next = readConfig({ ...sources, path: against });
  const problems = next.config === undefined ? next.report.problems : problemsOfParts(next.config);
  const refused = problems.map((problem) => `  ${describe(problem)}`);
  if (refused.length > 0) {
    return { output: [`${against} would be refused:`, ...refused, ''].join('\n'), exitCode: 1 };
  }
  const changes = diffConfig(running.report, next.report);
  return { output: `${printChanges(changes)}\n`, exitCode: 0 };
}

/** The changes, those that take effect on reload first. */
export function printChanges(changes: readonly Change[]): string {
  if (changes.length === 0) return 'No difference.';
  const live = changes.filter(({ isLive }) => isLive);
  const others = changes.filter(({ isLive }) => !isLive);
  return [...group('Changes on reload', live), ...group('Needs a restart', others)].join('\n');
}

function group(title: string, changes: readonly Change[]): readonly string[] {
  if (changes.length === 0) return [];
  return [`${title}:`, ...changes.map(({ key, before, after }) => `  ${key}: ${before} -> ${after}`)];
}
