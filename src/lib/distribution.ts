/** Values counted by the bounds that they stay below or meet. */
export interface Distribution {
  readonly bounds: readonly number[];
  /** One for each bound, and one for what lies above the last. */
  readonly counts: readonly number[];
  readonly sum: number;
}

export function countOf({ counts }: Distribution): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** What came to a distribution since it was another. */
export function since(now: Distribution, before: Distribution): Distribution {
  return {
    bounds: now.bounds,
    counts: now.counts.map((count, i) => count - (before.counts[i] ?? 0)),
    sum: now.sum - before.sum,
  };
}
