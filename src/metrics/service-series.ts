import { ownText } from '../lib/own-text.ts';
import type { Service } from '../span/service.ts';
import type { PointValue } from './getter.ts';
import type { Series, SeriesGroup } from './series-group.ts';
import { SeriesTable } from './series-table.ts';

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

/** The series of one service instance. */
export class ServiceSeries {
  #service: Service;
  readonly #tables: SeriesTable[] = [];
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
    for (const table of this.#tables) for (const series of table.all()) series.labels = undefined;
  }

  /** Series that are part of the budget. */
  get count(): number {
    return this.#count;
  }

  get isEmpty(): boolean {
    return this.#tables.every(({ size }) => size === 0);
  }

  /** Only what goes on being counted is part of the budget. */
  recount(counted: ReadonlySet<number>): void {
    const before = this.#count;
    this.#count = this.#tables.reduce((sum, { size }, index) => (counted.has(index) ? sum + size : sum), 0);
    this.#usage.inUse += this.#count - before;
  }

  /** `values` are the group's for the span. */
  seriesOf(group: SeriesGroup, values: readonly PointValue[], nowMs: number): Series {
    const series = this.#find(group, values, nowMs);
    series.lastMs = nowMs;
    return series;
  }

  *all(group: SeriesGroup): Iterable<Series> {
    yield* this.#tables[group.index]?.all() ?? [];
  }

  /** Forgets what was not updated since `sinceMs`; the names of an idle service start anew as well. */
  expire(sinceMs: number, counted: ReadonlySet<number>): void {
    for (const table of this.#tables) table.expire(sinceMs);
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

  #find(group: SeriesGroup, values: readonly PointValue[], nowMs: number): Series {
    const table = this.#tableOf(group);
    const known = table.get(values);
    if (known !== undefined) return known;
    const { perService, total } = this.#budget;
    if (this.#count >= perService || this.#usage.inUse >= total) return this.#overflow(group, table, nowMs);
    const series = group.newSeries(values, nowMs);
    table.add(values, series);
    this.#added();
    return series;
  }

  #tableOf({ index }: SeriesGroup): SeriesTable {
    const known = this.#tables[index];
    if (known !== undefined) return known;
    // no holes: arrays with holes are slow, and expiry walks all of them
    while (this.#tables.length <= index) this.#tables.push(new SeriesTable());
    return this.#tables[index] as SeriesTable;
  }

  #overflow(group: SeriesGroup, table: SeriesTable, nowMs: number): Series {
    this.#usage.overflowed++;
    if (table.overflow !== undefined) return table.overflow;
    const series = group.overflowSeries(nowMs);
    table.addOverflow(series);
    this.#added();
    return series;
  }

  #added(): void {
    this.#count++;
    this.#usage.inUse++;
  }
}
