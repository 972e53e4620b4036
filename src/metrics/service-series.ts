import { ownText } from '../lib/own-text.ts';
import type { Service } from '../span/service.ts';
import type { Span } from '../span/span.ts';
import type { Series, SeriesGroup } from './series-group.ts';

/** How many series there may be; what comes beyond is counted in one overflow series a service and group. */
export interface SeriesBudget {
  readonly perService: number;
  readonly total: number;
}

/** Series in use in all services, and how many requests found no room. */
export interface SeriesUsage {
  inUse: number;
  overflowed: number;
}

const overflowKey = '\u0000overflow';

/** The series of one service instance. */
export class ServiceSeries {
  #service: Service;
  readonly #groups: Map<string, Series>[] = [];
  readonly #budget: SeriesBudget;
  readonly #usage: SeriesUsage;
  readonly #spanNamesLimit: number;
  readonly #spanNames = new Set<string>();
  #count = 0;

  constructor(service: Service, budget: SeriesBudget, usage: SeriesUsage, spanNamesLimit: number) {
    this.#service = service;
    this.#budget = budget;
    this.#usage = usage;
    this.#spanNamesLimit = spanNamesLimit;
  }

  get service(): Service {
    return this.#service;
  }

  /** The same service described anew, by another process of it or with more known about it. */
  adopt(service: Service): void {
    this.#service = service;
    for (const byKey of this.#groups) for (const series of byKey.values()) series.labels = undefined;
  }

  /** Series that are part of the budget. */
  get count(): number {
    return this.#count;
  }

  get isEmpty(): boolean {
    return this.#groups.every(({ size }) => size === 0);
  }

  /** Only what goes on being counted is part of the budget. */
  recount(counted: ReadonlySet<number>): void {
    const before = this.#count;
    this.#count = this.#groups.reduce((sum, { size }, index) => (counted.has(index) ? sum + size : sum), 0);
    this.#usage.inUse += this.#count - before;
  }

  /** `key` is the group's for the span. */
  seriesOf(group: SeriesGroup, key: string, span: Span, nowMs: number): Series {
    const byKey = this.#byKey(group);
    const known = byKey.get(key);
    if (known !== undefined) {
      known.lastMs = nowMs;
      return known;
    }
    const { perService, total } = this.#budget;
    if (this.#count >= perService || this.#usage.inUse >= total) return this.#overflow(group, byKey, nowMs);
    return this.#added(byKey, key, group.newSeries(span, this, nowMs));
  }

  *all(group: SeriesGroup): Iterable<Series> {
    yield* this.#groups[group.index]?.values() ?? [];
  }

  /** Forgets what was not updated since `sinceMs`; the names of an idle service start anew as well. */
  expire(sinceMs: number, counted: ReadonlySet<number>): void {
    for (const byKey of this.#groups) {
      for (const [key, { lastMs }] of byKey) if (lastMs < sinceMs) byKey.delete(key);
    }
    this.recount(counted);
    if (this.#count === 0) this.#spanNames.clear();
  }

  /** Span names beyond the limit become one, so that a service with free text in its names stays bounded. */
  limitedName(name: string): string {
    if (this.#spanNamesLimit <= 0 || this.#spanNames.has(name)) return name;
    if (this.#spanNames.size >= this.#spanNamesLimit) return 'AGGREGATED';
    this.#spanNames.add(ownText(name));
    return name;
  }

  #byKey({ index }: SeriesGroup): Map<string, Series> {
    const known = this.#groups[index];
    if (known !== undefined) return known;
    // no holes: arrays with holes are slow, and expiry walks all of them
    while (this.#groups.length <= index) this.#groups.push(new Map());
    return this.#groups[index] as Map<string, Series>;
  }

  #overflow(group: SeriesGroup, byKey: Map<string, Series>, nowMs: number): Series {
    this.#usage.overflowed++;
    const known = byKey.get(overflowKey);
    if (known === undefined) return this.#added(byKey, overflowKey, group.overflowSeries(nowMs));
    known.lastMs = nowMs;
    return known;
  }

  #added(byKey: Map<string, Series>, key: string, series: Series): Series {
    byKey.set(key, series);
    this.#count++;
    this.#usage.inUse++;
    return series;
  }
}
