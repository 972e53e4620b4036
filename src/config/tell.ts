import type { Note } from './problem.ts';
import type { Report } from './report.ts';

/** A record for the log, at WARN. */
export interface Warning {
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * What the agent says about its configuration when it starts: one line for each old name and each odd value, and one
 * table for all that has no effect.
 */
export function warningsOf(report: Report): readonly Warning[] {
  const idle = report.withoutEffect.map(({ key }) => key);
  const differing = report.differs.map(({ key, text }) => `${key} (${text})`);
  return [
    ...report.deprecated.map((note) => line('deprecated setting', note)),
    ...report.unknown.map((note) => line('unknown setting', note)),
    ...report.warnings.map((note) => line('odd setting', note)),
    ...(idle.length === 0 ? [] : [table('settings without effect in this build', idle)]),
    ...(differing.length === 0 ? [] : [table('settings that act differently here', differing)]),
  ];
}

function line(kind: string, { where, key, text }: Note): Warning {
  const subject = where.startsWith('variable ') ? where.slice('variable '.length) : key;
  return { message: `${kind} ${subject}: ${text}`, fields: where === '' ? {} : { where } };
}

function table(message: string, keys: readonly string[]): Warning {
  return { message, fields: { keys: [...new Set(keys)].join(', ') } };
}
