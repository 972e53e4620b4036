import { keyOf, LatelyMet } from '../lib/lately-met.ts';
import type { PointValue } from './getter.ts';
import type { Series } from './series-group.ts';

const overflowKey = '\u0000overflow';

/** The series of one group of a service. */
export class SeriesTable {
  readonly #byKey = new Map<string, Series>();
  readonly #lately = new LatelyMet<Series>();

  get size(): number {
    return this.#byKey.size;
  }

  get overflow(): Series | undefined {
    return this.#byKey.get(overflowKey);
  }

  addOverflow(series: Series): void {
    this.#byKey.set(overflowKey, series);
  }

  get(values: readonly PointValue[]): Series | undefined {
    const met = this.#lately.get(values);
    if (met !== undefined) return met;
    const series = this.#byKey.get(keyOf(values));
    if (series !== undefined) this.#lately.add(series);
    return series;
  }

  add(values: readonly PointValue[], series: Series): void {
    this.#byKey.set(keyOf(values), series);
  }

  all(): Iterable<Series> {
    return this.#byKey.values();
  }

  /** Forgets what was not updated since `sinceMs`. */
  expire(sinceMs: number): void {
    this.#lately.clear();
    for (const [key, { lastMs }] of this.#byKey) if (lastMs < sinceMs) this.#byKey.delete(key);
  }
}
