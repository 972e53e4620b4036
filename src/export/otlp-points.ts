import type { MetricData } from '@opentelemetry/sdk-metrics';
import type { Exemplar, ExemplarFilter } from '../metrics/exemplars.ts';
import type { ExponentialHistogram } from '../metrics/exponential-histogram.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { type Cell, OVERFLOW, type Series, type SeriesGroup } from '../metrics/series-group.ts';
import type { ServiceSeries } from '../metrics/service-series.ts';
import { counters } from '../telemetry/counters.ts';
import { exponentialValue, histogramValue, type Moment, type OtlpPoint, otlpMetric, otlpPoint } from './otlp-metric.ts';

export interface PointsOptions {
  readonly ttlMs: number;
  readonly isDelta: boolean;
  readonly exemplars: ExemplarFilter;
}

/** What a series had when it was last delivered: the base of its next delta. */
interface Delivered {
  readonly data: Float64Array;
  readonly exponentials: readonly ExponentialHistogram[] | undefined;
  readonly atMs: number;
}

/** What a point tells of a series: all of it, or what came since the last delivery. */
interface State {
  readonly series: Series;
  readonly data: Float64Array;
  readonly exponentials: readonly ExponentialHistogram[] | undefined;
  readonly startMs: number;
}

/** Turns the aggregate into points, as sums since the start or as deltas. */
export class OtlpPoints {
  readonly #metrics: Metrics;
  readonly #options: PointsOptions;
  readonly #delivered = new WeakMap<Series, Delivered>();
  /** Series whose last push failed, with the number of their points: the next push makes up for it, if they live on. */
  readonly #missed = new Map<Series, number>();

  constructor(metrics: Metrics, options: PointsOptions) {
    this.#metrics = metrics;
    this.#options = options;
    metrics.wantExemplars(options.exemplars);
  }

  /** Counts the points of series that ended before a push of them was taken. */
  forgetEnded(nowMs: number): void {
    const { ttlMs } = this.#options;
    if (ttlMs === 0) return;
    for (const [series, points] of this.#missed) {
      if (nowMs - series.lastMs <= ttlMs) continue;
      counters.add('points_lost', 'otlp_series_ended', points);
      this.#missed.delete(series);
    }
  }

  /** The metrics of one service with their points, and what to do once it is known whether the receiver has them. */
  of(own: ServiceSeries, nowMs: number): { readonly metrics: MetricData[]; settled(isTaken: boolean): void } {
    const found = new Map<string, MetricData>();
    const shown: [Series, number, Delivered | undefined][] = [];
    for (const group of this.#metrics.groups) {
      const live = [...this.#metrics.live(own, group, nowMs, this.#options.ttlMs)];
      if (live.length === 0) continue;
      const attributes = live.map((series) => attributesOf(group, own, series));
      const states = live.map((series) => this.#stateOf(group, series));
      for (const cell of group.cells) {
        const metric = this.#metric(cell, states, attributes, nowMs);
        // after a change of its attributes a metric is in two groups
        const known = found.get(cell.metric.name);
        if (known === undefined) found.set(cell.metric.name, metric);
        else (known.dataPoints as unknown[]).push(...metric.dataPoints);
      }
      for (const series of live) shown.push([series, group.cells.length, this.#toDeliver(group, series, nowMs)]);
    }
    const settled = (isTaken: boolean): void => {
      for (const [series, points, state] of shown) {
        if (!isTaken) this.#missed.set(series, points);
        else {
          this.#missed.delete(series);
          if (state !== undefined) this.#delivered.set(series, state);
        }
      }
    };
    return { metrics: [...found.values()], settled };
  }

  #stateOf(group: SeriesGroup, series: Series): State {
    const { data, startMs } = series;
    const exponentials = this.#metrics.exponentialsOf(group, series);
    const base = this.#options.isDelta ? this.#delivered.get(series) : undefined;
    if (base === undefined) return { series, data, exponentials, startMs };
    return {
      series,
      data: data.map((value, i) => value - (base.data[i] as number)),
      exponentials: exponentials?.map((now, i) => {
        const since = now.clone();
        const before = base.exponentials?.[i];
        if (before !== undefined) since.absorb(before, -1);
        return since;
      }),
      startMs: base.atMs,
    };
  }

  #toDeliver(group: SeriesGroup, series: Series, atMs: number): Delivered | undefined {
    if (!this.#options.isDelta) return undefined;
    const exponentials = this.#metrics.exponentialsOf(group, series)?.map((histogram) => histogram.clone());
    return { data: series.data.slice(), exponentials, atMs };
  }

  #metric(
    cell: Cell,
    states: readonly State[],
    attributes: readonly Moment['attributes'][],
    endMs: number,
  ): MetricData {
    const { name, unit, help } = cell.metric;
    const { at, bounds } = cell;
    const described = { name, unit, help, isDelta: this.#options.isDelta };
    const boundaries = Array.from(bounds ?? none);
    const isExponential = this.#metrics.options.exponential !== undefined;
    const points = states.map((state, i): OtlpPoint => {
      const { data, startMs, exponentials } = state;
      const moment = { startMs, endMs, attributes: attributes[i] ?? {} };
      if (bounds === undefined) return otlpPoint(moment, data[at] as number);
      const value = isExponential
        ? exponentialValue(data[at] as number, exponentials?.[cell.exponential])
        : histogramValue(boundaries, data, at);
      return { ...otlpPoint(moment, value), exemplars: this.#exemplarsOf(cell, state) };
    });
    if (bounds === undefined) return otlpMetric('counter', described, points);
    return otlpMetric(isExponential ? 'exponential' : 'histogram', described, points);
  }

  /** Deltas have those of their time. Those without a trace are for who wants them. */
  #exemplarsOf({ at, bounds = none }: Cell, { series, startMs }: State): readonly Exemplar[] {
    const { exemplars: filter, isDelta } = this.#options;
    if (series.exemplars === undefined || filter === 'always_off') return noExemplars;
    const found: Exemplar[] = [];
    for (let i = 0; i <= bounds.length; i++) {
      const exemplar = series.exemplars.at(at + 1 + i);
      if (exemplar === undefined || (isDelta && exemplar.atMs < startMs)) continue;
      if (filter === 'always_on' || exemplar.traceId !== '') found.push(exemplar);
    }
    return found;
  }
}

const none = new Float64Array();
const noExemplars: readonly Exemplar[] = [];

function attributesOf(
  group: SeriesGroup,
  { service }: ServiceSeries,
  series: Series,
): Record<string, string | number | boolean> {
  const attributes: Record<string, string | number | boolean> = {};
  for (const { attribute, value } of group.valuesOf(service, series)) {
    if (!attribute.isPrometheusOnly && value !== '') attributes[attribute.name] = value;
  }
  if (series.isOverflow) attributes[OVERFLOW] = true;
  return attributes;
}
