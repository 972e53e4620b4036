/**
 * A bounded cache that keeps what was used lately. It has two generations: a full young one becomes the old one, and
 * what is asked for again moves back. So a hit costs one look-up and no reordering, and at most `2 × size` entries are kept.
 */
export class Lru<K, V> {
  readonly #size: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();

  constructor(size: number) {
    this.#size = size;
  }

  get(key: K): V | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: K, value: V): void {
    if (this.#young.size >= this.#size && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  /** Each key once, with its latest value. */
  *entries(): Iterable<readonly [K, V]> {
    yield* this.#young;
    for (const entry of this.#old) if (!this.#young.has(entry[0])) yield entry;
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }

  /** Entries held, those counted twice that moved back from the old generation. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
