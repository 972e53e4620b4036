import { AgentError } from '../lib/agent-error.ts';

/** Why a configuration is refused: one entry, with all that its reader needs to mend it. */
export interface Problem {
  /** `beyla.yml:12` or `variable BEYLA_OPEN_PORT`; empty when it concerns the configuration as a whole. */
  readonly where: string;
  readonly key: string;
  /** As written; masked for secrets. */
  readonly value?: string;
  readonly reason: string;
  readonly accepted?: string;
}

/** Something to know about a configuration that is nevertheless used. */
export interface Note {
  readonly where: string;
  readonly key: string;
  readonly text: string;
}

export function describe({ where, key, value, reason, accepted }: Problem): string {
  const subject = [where, key].filter((part) => part !== '').join(': ');
  const shown = value === undefined ? '' : ` ${JSON.stringify(value)}`;
  const hint = accepted === undefined ? '' : `; accepted: ${accepted}`;
  return `${subject}${subject === '' ? '' : ':'}${shown} ${reason}${hint}`.trim();
}

/** Everything that is wrong with a configuration, at once. */
export class ConfigError extends AgentError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const head = problems.length === 1 ? 'wrong configuration' : `wrong configuration (${problems.length} problems)`;
    super('CONFIG', [head, ...problems.map((problem) => `  ${describe(problem)}`)].join('\n'));
    this.problems = problems;
  }
}
