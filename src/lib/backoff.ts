export interface BackoffOptions {
  readonly initialMs: number;
  readonly maxMs: number;
}

/** Pause before the given attempt (the second is 1): growing, bounded, and spread so that many agents do not come at once. */
export function backoffMs(retry: number, { initialMs, maxMs }: BackoffOptions, random = Math.random()): number {
  const grown = Math.min(initialMs * 1.5 ** (retry - 1), maxMs);
  return grown * (0.5 + random);
}
