import { ownText } from '../lib/own-text.ts';
import type { Service } from '../span/service.ts';
import type { Span } from '../span/span.ts';
import { bucketOf } from './buckets.ts';
import type { MetricDefinition } from './definition.ts';
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
  /** A renderer may keep the text of the labels here. */
  labels: string;
}

export interface GroupAttribute {
  readonly name: string;
  readonly isPrometheusOnly: boolean;
  readonly getter: Getter;
}

/** One metric's place in `Series.data`. */
export interface Cell {
  readonly metric: MetricDefinition;
  readonly at: number;
  /** Undefined for a counter. */
  readonly bounds: Float64Array | undefined;
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
  readonly cells: readonly Cell[];
  /** Series that were there when the group was retired: those that came later belong to other metrics. */
  readonly only: ReadonlySet<Series> | undefined;
  /** Of the spans that the group is given, those that it counts. */
  readonly #holds: (span: Span) => boolean;
  readonly #width: number;
  readonly #spanGetters: readonly ((span: Span, series: ServiceSeries) => PointValue)[];

  constructor(
    index: number,
    attributes: readonly GroupAttribute[],
    cells: readonly Cell[],
    width: number,
    holds: (span: Span) => boolean,
    only?: ReadonlySet<Series>,
  ) {
    this.index = index;
    this.attributes = attributes;
    this.cells = cells;
    this.#width = width;
    this.only = only;
    this.#holds = holds;
    this.#spanGetters = attributes.flatMap(({ getter }) => (getter.of === 'span' ? [getter.get] : []));
  }

  /** A part of the metrics, which count no more, with the series that they have. */
  retired(cells: readonly Cell[], only: ReadonlySet<Series>): SeriesGroup {
    return new SeriesGroup(this.index, this.attributes, cells, this.#width, this.#holds, this.only ?? only);
  }

  counts(span: Span): boolean {
    return this.#holds(span);
  }

  keyOf(span: Span, series: ServiceSeries): string {
    let key = '';
    for (const get of this.#spanGetters) key += `${get(span, series)}\u0000`;
    return key;
  }

  newSeries(span: Span, series: ServiceSeries, nowMs: number): Series {
    return this.#series(
      this.#spanGetters.map((get) => {
        const value = get(span, series);
        return typeof value === 'string' ? ownText(value) : value;
      }),
      nowMs,
      false,
    );
  }

  overflowSeries(nowMs: number): Series {
    return this.#series([], nowMs, true);
  }

  add(data: Float64Array, span: Span): void {
    for (const { metric, at, bounds } of this.cells) {
      const value = metric.value(span);
      data[at] = (data[at] as number) + value;
      if (bounds === undefined) continue;
      const bucket = at + 1 + bucketOf(bounds, value);
      data[bucket] = (data[bucket] as number) + 1;
    }
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
    return { values, data: new Float64Array(this.#width), startMs: nowMs, lastMs: nowMs, isOverflow, labels: '' };
  }
}
