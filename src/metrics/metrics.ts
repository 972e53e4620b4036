import type { NamesVintage } from '../config/sections/agent.ts';
import type { Service } from '../span/service.ts';
import type { MetricFamily, Span, SpanKind } from '../span/span.ts';
import type { Surroundings } from './attribute-groups.ts';
import type { Bounds } from './definition.ts';
import type { UnresolvedNames } from './getters.ts';
import { groupsOf } from './groups.ts';
import type { Select } from './selection.ts';
import type { Series, SeriesGroup } from './series-group.ts';
import { type SeriesBudget, type SeriesUsage, ServiceSeries } from './service-series.ts';

export interface MetricsOptions {
  /** Values of the `features` setting. */
  readonly features: readonly string[];
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
}

export const defaultMetricsOptions: MetricsOptions = {
  features: ['application'],
  instrumentations: ['*'],
  bounds: {},
  select: {},
  surroundings: { kubernetes: false, containers: false },
  unresolved: { own: 'unresolved', outgoing: 'outgoing', incoming: 'incoming' },
  ttlMs: 300_000,
  vintage: 'current',
  budget: { perService: 2_000, total: 20_000 },
  spanNamesLimit: 100,
};

/** How often at most the idle series are looked for. */
const sweepMs = 10_000;

const families: readonly MetricFamily[] = ['http', 'rpc', 'db', 'messaging', 'none'];
const kinds: readonly SpanKind[] = ['server', 'client', 'producer', 'consumer', 'internal'];

type Table = { readonly [family in MetricFamily]: { readonly [kind in SpanKind]: readonly SeriesGroup[] } };

/** Turns spans into series, once for all exporters; what is shown where and how is theirs. */
export class Metrics {
  readonly options: MetricsOptions;
  readonly groups: readonly SeriesGroup[];
  readonly usage: SeriesUsage = { inUse: 0, overflowed: 0 };
  readonly #table: Table;
  readonly #instrumentations: ReadonlySet<string> | undefined;
  readonly #byIdentity = new Map<string, ServiceSeries>();
  /** Spares building the identity for each span. */
  #byService = new WeakMap<Service, ServiceSeries>();
  #sweptMs = 0;

  constructor(options: MetricsOptions) {
    this.options = options;
    const groups = groupsOf(options);
    this.groups = groups.map(({ group }) => group);
    this.#table = byName(families, (family) =>
      byName(kinds, (kind) => groups.filter((entry) => entry.counts(family, kind)).map(({ group }) => group)),
    );
    this.#instrumentations = options.instrumentations.includes('*') ? undefined : new Set(options.instrumentations);
  }

  record(spans: readonly Span[], nowMs: number): void {
    for (const span of spans) {
      const { service } = span;
      if (span.ignored.metrics || !service.exports.metrics) continue;
      if (this.#instrumentations !== undefined && !this.#instrumentations.has(span.instrumentation)) continue;
      const groups = this.#table[span.family][span.kind];
      if (groups.length === 0) continue;
      const own = this.#byService.get(service) ?? this.#seriesOf(service);
      for (const group of groups) group.add(own.seriesOf(group, span, nowMs).data, span);
    }
    if (nowMs - this.#sweptMs >= sweepMs) this.expire(nowMs);
  }

  /** Every service that has series. */
  services(): Iterable<ServiceSeries> {
    return this.#byIdentity.values();
  }

  /** Series of a group that were updated within the given time; 0 is no limit. */
  *live(own: ServiceSeries, group: SeriesGroup, nowMs: number, ttlMs: number): Iterable<Series> {
    for (const series of own.all(group)) if (ttlMs === 0 || nowMs - series.lastMs <= ttlMs) yield series;
  }

  expire(nowMs: number): void {
    this.#sweptMs = nowMs;
    if (this.options.ttlMs === 0) return;
    for (const [identity, own] of this.#byIdentity) {
      own.expire(nowMs - this.options.ttlMs);
      if (!own.isEmpty) continue;
      this.#byIdentity.delete(identity);
      this.#byService = new WeakMap();
    }
  }

  #seriesOf(service: Service): ServiceSeries {
    const identity = `${service.namespace}\u0000${service.name}\u0000${service.instanceId}`;
    const known = this.#byIdentity.get(identity);
    const own = known ?? new ServiceSeries(service, this.options.budget, this.usage, this.options.spanNamesLimit);
    if (known === undefined) this.#byIdentity.set(identity, own);
    else known.adopt(service);
    this.#byService.set(service, own);
    return own;
  }
}

function byName<K extends string, V>(names: readonly K[], of: (name: K) => V): { readonly [name in K]: V } {
  return Object.fromEntries(names.map((name) => [name, of(name)])) as { readonly [name in K]: V };
}
