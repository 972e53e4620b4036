import { ownText } from '../lib/own-text.ts';
import type { Service } from '../span/service.ts';
import type { Span } from '../span/span.ts';
import { bucketOf } from './buckets.ts';
import type { MetricDefinition } from './definition.ts';
import { Exemplars } from './exemplars.ts';
import { ExponentialHistogram, type ExponentialShape } from './exponential-histogram.ts';
import type { Getter, PointValue } from './getter.ts';
import type { ServiceSeries } from './service-series.ts';

/** One set of attribute values and the state of every metric of its group. */
export interface Series {
  /** Values of the attributes that come from spans, in the group's order. */
  readonly values: readonly PointValue[];
  /** Cells of the group's metrics one after the other: a histogram is its sum and its counts, a counter its value. */
  readonly data: Float64Array;
  readonly startMs: number;
  lastMs: number;
  /** Holds what did not fit into the cardinality budget. */
  readonly isOverflow: boolean;
  /** The histograms once more, in the order of their cells, when somebody wants them with exponential buckets. */
  exponentials: readonly ExponentialHistogram[] | undefined;
  exemplars: Exemplars | undefined;
  /** A renderer may keep the labels here. */
  labels: Readonly<Record<string, string>> | undefined;
}

export interface GroupAttribute {
  readonly name: string;
  readonly isPrometheusOnly: boolean;
  readonly isOtlpOnly: boolean;
  readonly getter: Getter;
}

/** One metric's place in `Series.data`. */
export interface Cell {
  readonly metric: MetricDefinition;
  readonly at: number;
  /** Undefined for a counter. */
  readonly bounds: Float64Array | undefined;
  /** Its place in `Series.exponentials`. */
  readonly exponential: number;
}

/** What is recorded besides sums and counts. */
export interface RecordOptions {
  readonly shape: ExponentialShape | undefined;
  readonly hasExemplars: boolean;
  /** Also of spans whose traces are exported nowhere. */
  readonly hasAllExemplars: boolean;
}

/** The places of all metrics that a series has room for, whether a group shows them or not. */
export interface Layout {
  readonly cells: readonly Cell[];
  readonly width: number;
}

const none = new Float64Array();

function exemplarsOf(series: Series): Exemplars {
  series.exemplars ??= new Exemplars();
  return series.exemplars;
}

/** Attribute of the series that takes what the cardinality budget refuses. */
export const OVERFLOW = 'otel.metric.overflow';

/**
 * Metrics that count the same spans under the same attributes. They share their series, so a request is looked up once
 * and not once a metric.
 */
export class SeriesGroup {
  /** Stands for the spans that are counted and their attributes: groups of the same index have the same series. */
  readonly index: number;
  readonly attributes: readonly GroupAttribute[];
  /** Groups that have these alike have the same values for the same span. */
  readonly keyAttributes: string;
  readonly cells: readonly Cell[];
  /** Series that were there when the group was retired: those that came later belong to other metrics. */
  readonly only: ReadonlySet<Series> | undefined;
  /** Of the spans that the group is given, those that it counts. */
  readonly #holds: (span: Span) => boolean;
  readonly #layout: Layout;
  readonly #spanGetters: readonly ((span: Span, series: ServiceSeries) => PointValue)[];

  constructor(
    index: number,
    attributes: readonly GroupAttribute[],
    cells: readonly Cell[],
    layout: Layout,
    holds: (span: Span) => boolean,
    only?: ReadonlySet<Series>,
  ) {
    this.index = index;
    this.attributes = attributes;
    this.cells = cells;
    this.#layout = layout;
    this.only = only;
    this.#holds = holds;
    this.keyAttributes = attributes.flatMap(({ name, getter }) => (getter.of === 'span' ? [name] : [])).join();
    this.#spanGetters = attributes.flatMap(({ getter }) => (getter.of === 'span' ? [getter.get] : []));
  }

  /** A part of the metrics, which count no more, with the series that they have. */
  retired(cells: readonly Cell[], only: ReadonlySet<Series>): SeriesGroup {
    return new SeriesGroup(this.index, this.attributes, cells, this.#layout, this.#holds, this.only ?? only);
  }

  counts(span: Span): boolean {
    return this.#holds(span);
  }

  /** Values of the attributes that come from spans: what tells its series apart. */
  spanValues(span: Span, series: ServiceSeries): readonly PointValue[] {
    const values: PointValue[] = [];
    for (const get of this.#spanGetters) values.push(get(span, series));
    return values;
  }

  newSeries(values: readonly PointValue[], nowMs: number): Series {
    const own = values.map((value) => (typeof value === 'string' ? ownText(value) : value));
    return this.#series(own, nowMs, false);
  }

  overflowSeries(nowMs: number): Series {
    return this.#series([], nowMs, true);
  }

  add(series: Series, span: Span, { shape, hasExemplars, hasAllExemplars }: RecordOptions): void {
    const { data } = series;
    const exponentials = shape === undefined ? undefined : this.exponentialsOf(series, shape);
    const exemplars = hasExemplars && (span.isExported || hasAllExemplars) ? exemplarsOf(series) : undefined;
    for (const { metric, at, bounds, exponential } of this.cells) {
      const value = metric.value(span);
      data[at] = (data[at] as number) + value;
      if (bounds === undefined) continue;
      const bucket = at + 1 + bucketOf(bounds, value);
      data[bucket] = (data[bucket] as number) + 1;
      exponentials?.[exponential]?.add(value);
      exemplars?.offer(bucket, value, span, series.lastMs);
    }
  }

  /** What was counted before anybody asked for exponential buckets is put in as if it had been the bound of its bucket. */
  exponentialsOf(series: Series, shape: ExponentialShape): readonly ExponentialHistogram[] {
    if (series.exponentials !== undefined) return series.exponentials;
    const histograms = this.#layout.cells.filter(({ bounds }) => bounds !== undefined);
    series.exponentials = histograms.map(({ at, bounds = none }) => {
      const histogram = new ExponentialHistogram(shape);
      for (let i = 0; i <= bounds.length; i++) {
        const count = series.data[at + 1 + i] as number;
        if (count > 0) histogram.add(bounds[Math.min(i, bounds.length - 1)] ?? 0, count);
      }
      return histogram;
    });
    return series.exponentials;
  }

  /** The attributes of a series with their values; of an overflow series the service's only, and the mark. */
  *valuesOf(service: Service, series: Series): Iterable<{ attribute: GroupAttribute; value: PointValue }> {
    let next = 0;
    for (const attribute of this.attributes) {
      if (attribute.getter.of === 'service') yield { attribute, value: attribute.getter.get(service) };
      else if (!series.isOverflow) yield { attribute, value: series.values[next++] ?? '' };
    }
  }

  #series(values: readonly PointValue[], nowMs: number, isOverflow: boolean): Series {
    return {
      values,
      data: new Float64Array(this.#layout.width),
      startMs: nowMs,
      lastMs: nowMs,
      isOverflow,
      exponentials: undefined,
      exemplars: undefined,
      labels: undefined,
    };
  }
}
