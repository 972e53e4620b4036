/**
 * How much of a service is told, from everything to nothing. RED metrics are exact as far as `no spans`; without probes they
 * lack what is encrypted.
 */
export const levels = ['everything', 'few spans', 'no spans', 'no probes', 'nothing'] as const;
export type Level = (typeof levels)[number];

export interface PolicyOptions {
  /** Share of one CPU that a service may cost. */
  readonly budget: number;
  /** How long a service is above its budget before a step is taken. */
  readonly patienceMs: number;
  /** Otherwise taking them out would gain nothing. */
  readonly hasProbes: boolean;
}

/** Where a service stands. */
export interface Standing {
  readonly level: Level;
  /** How long without a break the cost has been above the budget, or well below it. */
  readonly overMs: number;
  readonly underMs: number;
  /** Steps down that were taken not long ago: each makes the way back longer. */
  readonly sheds: number;
}

export const unburdened: Standing = { level: 'everything', overMs: 0, underMs: 0, sheds: 0 };

/** A step back is taken only below this share of the budget: what is told again costs something again. */
const comfort = 0.5;
/** RED metrics are given up only for a cost of so many budgets: they are what is wanted of a service above all. */
const lastResort = 2;
const longestWaitMs = 10 * 60_000;
/** One more step down from these leaves RED metrics as they are. */
const exact: readonly Level[] = ['everything', 'few spans'];

/** The standing after a time in which the service cost so much of a CPU. At most one step at a time. */
export function judge(standing: Standing, cost: number, elapsedMs: number, options: PolicyOptions): Standing {
  const { budget } = options;
  const limit = exact.includes(standing.level) ? budget : budget * lastResort;
  if (cost > limit) return whenOver({ ...standing, underMs: 0, overMs: standing.overMs + elapsedMs }, options);
  if (cost < budget * comfort)
    return whenUnder({ ...standing, overMs: 0, underMs: standing.underMs + elapsedMs }, options);
  return { ...standing, overMs: 0, underMs: 0 };
}

function whenOver(standing: Standing, { patienceMs, hasProbes }: PolicyOptions): Standing {
  const next = stepsOf(hasProbes).find((level) => levels.indexOf(level) > levels.indexOf(standing.level));
  if (next === undefined || standing.overMs < patienceMs) return standing;
  return { level: next, overMs: 0, underMs: 0, sheds: standing.sheds + 1 };
}

function whenUnder(standing: Standing, { patienceMs, hasProbes }: PolicyOptions): Standing {
  const waitMs = Math.min(patienceMs * 2 ** standing.sheds, longestWaitMs);
  if (standing.underMs < waitMs) return standing;
  const previous = stepsOf(hasProbes).findLast((level) => levels.indexOf(level) < levels.indexOf(standing.level));
  if (previous !== undefined) return { ...standing, level: previous, underMs: 0 };
  return { ...standing, underMs: 0, sheds: Math.max(standing.sheds - 1, 0) };
}

function stepsOf(hasProbes: boolean): readonly Level[] {
  return levels.filter((level) => hasProbes || level !== 'no probes');
}
