/** Keeps what has gone for a while, because records about it may still be on their way. Bounded in number. */
export class Recent<K, V> {
  readonly #keepMs: number;
  readonly #max: number;
  readonly #entries = new Map<K, { value: V; until: number }>();

  constructor(keepMs: number, max: number) {
    this.#keepMs = keepMs;
    this.#max = max;
  }

  add(key: K, value: V, now = performance.now()): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, until: now + this.#keepMs });
    // In order of insertion, which is that of expiry.
    for (const [old, { until }] of this.#entries) {
      if (until > now && this.#entries.size <= this.#max) break;
      this.#entries.delete(old);
    }
  }

  get(key: K, now = performance.now()): V | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined || entry.until < now ? undefined : entry.value;
  }
}
