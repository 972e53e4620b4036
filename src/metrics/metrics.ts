import type { NamesVintage } from '../config/sections/agent.ts';
import type { Service } from '../span/service.ts';
import type { MetricFamily, Span, SpanKind } from '../span/span.ts';
import type { Surroundings } from './attribute-groups.ts';
import type { Bounds } from './definition.ts';
import type { ExemplarFilter } from './exemplars.ts';
import type { ExponentialHistogram, ExponentialShape } from './exponential-histogram.ts';
import type { PointValue } from './getter.ts';
import { type CountedGroup, groupsOf } from './groups.ts';
import { KnownServices } from './known-services.ts';
import { featuresOf } from './list.ts';
import type { Select } from './selection.ts';
import type { Cell, RecordOptions, Series, SeriesGroup } from './series-group.ts';
import { type SeriesBudget, type SeriesUsage, ServiceSeries } from './service-series.ts';
import type { UnresolvedNames } from './unresolved.ts';

export interface MetricsOptions {
  /** Values of the `features` setting. */
  readonly features: readonly string[];
  /** What entries of the discovery name for their services instead. */
  readonly entryFeatures: readonly string[];
  /** Values of the `instrumentations` setting; `*` counts everything. */
  readonly instrumentations: readonly string[];
  /** Bounds that the user wrote; the others are those of the vintage. */
  readonly bounds: Partial<Bounds>;
  readonly select: Select;
  readonly surroundings: Surroundings;
  readonly unresolved: UnresolvedNames;
  /** Idle series are forgotten after this; 0 keeps them for ever. */
  readonly ttlMs: number;
  readonly vintage: NamesVintage;
  readonly budget: SeriesBudget;
  /** Span names a service may have in span metrics; 0 or less is no limit. */
  readonly spanNamesLimit: number;
  /** Whether the service graph has edges from a service to itself. */
  readonly allowsSelfReferences: boolean;
  /** Resource attributes that are labels of span metrics and of the service graph besides the usual ones. */
  readonly extraSpanAttributes: readonly string[];
  /** Resource attributes that every application metric carries besides the usual ones. */
  readonly extraGroupAttributes: readonly string[];
  /** Histograms are kept with exponential buckets, too. */
  readonly exponential?: ExponentialShape | undefined;
}

/** What may change without losing what was counted. */
export type LiveMetricsOptions = Pick<MetricsOptions, 'select' | 'unresolved' | 'entryFeatures'>;

export const defaultMetricsOptions: MetricsOptions = {
  features: ['application'],
  entryFeatures: [],
  instrumentations: ['*'],
  bounds: {},
  select: {},
  surroundings: { kubernetes: false, containers: false },
  unresolved: { own: 'unresolved', outgoing: 'outgoing', incoming: 'incoming' },
  ttlMs: 300_000,
  vintage: 'current',
  budget: { perService: 2_000, total: 20_000 },
  spanNamesLimit: 100,
  allowsSelfReferences: false,
  extraSpanAttributes: [],
  extraGroupAttributes: [],
};

/** How often at most the idle series are looked for. */
const sweepMs = 10_000;

const families: readonly MetricFamily[] = ['http', 'rpc', 'db', 'messaging', 'dns', 'none'];
const kinds: readonly SpanKind[] = ['server', 'client', 'producer', 'consumer', 'internal'];

type Table = { readonly [family in MetricFamily]: { readonly [kind in SpanKind]: readonly SeriesGroup[] } };

interface Retired {
  readonly group: SeriesGroup;
  readonly sinceMs: number;
}

/** Turns spans into series, once for all exporters; what is shown where and how is theirs. */
export class Metrics {
  #options: MetricsOptions;
  readonly #services: KnownServices;
  readonly usage: SeriesUsage = { inUse: 0, overflowed: 0 };
  #counted: readonly SeriesGroup[] = [];
  /** Count no more, but their series are shown until they expire. */
  #retired: readonly Retired[] = [];
  #countedIndexes: ReadonlySet<number> = new Set();
  #arranged: readonly CountedGroup[] = [];
  /** What is counted of a service that nothing else is said about. */
  #table: Table;
  /** Of services that leave something out or have features of their own. */
  #tables = new WeakMap<Service, Table>();
  readonly #indexes = new Map<string, number>();
  readonly #instrumentations: ReadonlySet<string> | undefined;
  #recorded: RecordOptions = { shape: undefined, hasExemplars: false, hasAllExemplars: false };
  readonly #byIdentity = new Map<string, ServiceSeries>();
  /** Spares building the identity for each span. */
  #byService = new WeakMap<Service, ServiceSeries>();
  #sweptMs = 0;

  constructor(options: MetricsOptions, services = new KnownServices()) {
    this.#options = options;
    this.#services = services;
    this.wantExponentials(options.exponential);
    this.#instrumentations = options.instrumentations.includes('*') ? undefined : new Set(options.instrumentations);
    this.#table = this.#arrange();
  }

  get options(): MetricsOptions {
    return this.#options;
  }

  /** Groups that have series to show. A metric is in more than one after its attributes have changed. */
  get groups(): readonly SeriesGroup[] {
    return [...this.#counted, ...this.#retired.map(({ group }) => group)];
  }

  /** Exponential buckets from now on, for who only asks for them while the agent runs. */
  wantExponentials(shape: ExponentialShape | undefined): void {
    if (this.#recorded.shape === undefined) this.#recorded = { ...this.#recorded, shape };
  }

  /** Exporters that share the aggregate may differ: the widest filter holds, and each shows what it wants. */
  wantExemplars(filter: ExemplarFilter): void {
    const { hasExemplars, hasAllExemplars } = this.#recorded;
    this.#recorded = {
      ...this.#recorded,
      hasExemplars: hasExemplars || filter !== 'always_off',
      hasAllExemplars: hasAllExemplars || filter === 'always_on',
    };
  }

  /** Undefined while nobody wants them. */
  exponentialsOf(group: SeriesGroup, series: Series): readonly ExponentialHistogram[] | undefined {
    const { shape } = this.#recorded;
    return shape === undefined ? undefined : group.exponentialsOf(series, shape);
  }

  /** Metrics whose attributes stay go on with their series; the others begin new ones, and leave the old to expire. */
  reconfigure(change: Partial<LiveMetricsOptions>, nowMs: number): void {
    const before = this.#counted.map((group) => ({ group, sinceMs: nowMs }));
    this.#options = { ...this.#options, ...change };
    this.#table = this.#arrange();
    const isCounted = (index: number, { metric }: Cell): boolean =>
      this.#counted.some(
        (group) => group.index === index && group.cells.some((cell) => cell.metric.name === metric.name),
      );
    this.#retired = [...this.#retired, ...before]
      .map(({ group, sinceMs }) => {
        const left = group.cells.filter((cell) => !isCounted(group.index, cell));
        return { group: group.retired(left, this.#seriesIn(group)), sinceMs };
      })
      .filter(({ group }) => group.cells.length > 0);
    for (const own of this.#byIdentity.values()) own.recount(this.#countedIndexes);
  }

  record(spans: readonly Span[], nowMs: number): void {
    for (const span of spans) {
      const { service } = span;
      if (span.ignored.metrics || !service.exports.metrics) continue;
      if (this.#instrumentations !== undefined && !this.#instrumentations.has(span.instrumentation)) continue;
      const groups = this.#tableOf(service)[span.family][span.kind];
      if (groups.length === 0) continue;
      const own = this.#byService.get(service) ?? this.#seriesOf(service);
      let values: readonly PointValue[] = [];
      let keyAttributes: string | undefined;
      for (const group of groups) {
        if (!group.counts(span)) continue;
        if (group.keyAttributes !== keyAttributes) {
          values = group.spanValues(span, own);
          keyAttributes = group.keyAttributes;
        }
        group.add(own.seriesOf(group, values, nowMs), span, this.#recorded);
      }
    }
    if (nowMs - this.#sweptMs >= sweepMs) this.expire(nowMs);
  }

  /** Every service that has series. */
  services(): Iterable<ServiceSeries> {
    return this.#byIdentity.values();
  }

  /** Series of a group that were updated within the given time; 0 is no limit. */
  *live(own: ServiceSeries, group: SeriesGroup, nowMs: number, ttlMs: number): Iterable<Series> {
    const { only } = group;
    for (const series of own.all(group)) {
      if ((ttlMs === 0 || nowMs - series.lastMs <= ttlMs) && only?.has(series) !== false) yield series;
    }
  }

  expire(nowMs: number): void {
    this.#sweptMs = nowMs;
    const { ttlMs } = this.#options;
    if (ttlMs === 0) return;
    this.#retired = this.#retired.filter(({ sinceMs }) => nowMs - sinceMs <= ttlMs);
    for (const [identity, own] of this.#byIdentity) {
      own.expire(nowMs - ttlMs, this.#countedIndexes);
      if (!own.isEmpty) continue;
      this.#byIdentity.delete(identity);
      this.#byService = new WeakMap();
    }
  }

  #seriesIn(group: SeriesGroup): ReadonlySet<Series> {
    return new Set([...this.services()].flatMap((own) => [...own.all(group)]));
  }

  #arrange(): Table {
    const indexOf = (key: string): number => {
      const index = this.#indexes.get(key) ?? this.#indexes.size;
      this.#indexes.set(key, index);
      return index;
    };
    this.#arranged = groupsOf(this.#options, this.#services, indexOf);
    this.#counted = this.#arranged.map(({ group }) => group);
    this.#countedIndexes = new Set(this.#counted.map(({ index }) => index));
    this.#tables = new WeakMap();
    return this.#tableWith(this.#options.features);
  }

  #tableOf(service: Service): Table {
    const { features, exportsOwnMetrics } = service;
    if (features === undefined && exportsOwnMetrics !== true) return this.#table;
    const known = this.#tables.get(service);
    if (known !== undefined) return known;
    const table = this.#tableWith(features ?? this.#options.features, exportsOwnMetrics === true ? 'application' : '');
    this.#tables.set(service, table);
    return table;
  }

  #tableWith(wanted: readonly string[], leftOut = ''): Table {
    const names = new Set(featuresOf(wanted).map(({ name }) => name));
    const groups = this.#arranged.filter(({ feature }) => names.has(feature) && feature !== leftOut);
    return byName(families, (family) =>
      byName(kinds, (kind) => groups.filter((entry) => entry.counts(family, kind)).map(({ group }) => group)),
    );
  }

  #seriesOf(service: Service): ServiceSeries {
    const identity = `${service.namespace}\u0000${service.name}\u0000${service.instanceId}`;
    const known = this.#byIdentity.get(identity);
    const own = known ?? new ServiceSeries(service, this.#options.budget, this.usage, this.#options.spanNamesLimit);
    if (known === undefined) this.#byIdentity.set(identity, own);
    else known.adopt(service);
    this.#byService.set(service, own);
    return own;
  }
}

function byName<K extends string, V>(names: readonly K[], of: (name: K) => V): { readonly [name in K]: V } {
  return Object.fromEntries(names.map((name) => [name, of(name)])) as { readonly [name in K]: V };
}
