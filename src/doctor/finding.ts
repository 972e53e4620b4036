/**
 * `note`: something is missing that this host does without. `degraded`: the agent works and shows less than it could.
 * `broken`: it cannot work.
 */
export type Level = 'ok' | 'note' | 'degraded' | 'broken';

/** What one look at the host, the configuration or a running agent found. */
export interface Finding {
  readonly check: string;
  readonly level: Level;
  readonly says: string;
  /** What to do about it, in words. */
  readonly fix?: string;
}

/** A finding whose check is filled in by who ran it. */
export type Found = Omit<Finding, 'check'>;

export const severity: Readonly<Record<Level, number>> = { ok: 0, note: 0, degraded: 1, broken: 2 };

export function ok(says: string): Found {
  return { level: 'ok', says };
}
