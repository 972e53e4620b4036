import { areSame } from '../lib/same-values.ts';
import type { PointValue } from './getter.ts';
import type { Series } from './series-group.ts';

/** So many of the series that were asked for last are compared before a key is made. */
const recentSeries = 4;
const overflowKey = '\u0000overflow';

/** The series of one group of a service. */
export class SeriesTable {
  readonly #byKey = new Map<string, Series>();
  /** The next request is most often like one of the last, and comparing values costs less than making a key of them. */
  readonly #recent: Series[] = [];

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
    for (const series of this.#recent) if (areSame(series.values, values)) return series;
    const series = this.#byKey.get(keyOf(values));
    if (series !== undefined) this.#remember(series);
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
    this.#recent.length = 0;
    for (const [key, { lastMs }] of this.#byKey) if (lastMs < sinceMs) this.#byKey.delete(key);
  }

  #remember(series: Series): void {
    if (this.#recent.length >= recentSeries) this.#recent.pop();
    this.#recent.unshift(series);
  }
}

function keyOf(values: readonly PointValue[]): string {
  return values.join('\u0000');
}
