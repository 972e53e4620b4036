import { type HrTime, ValueType } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type ExponentialHistogram as ExponentialValue,
  type Histogram,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import type { ExponentialHistogram } from '../metrics/exponential-histogram.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { type Cell, OVERFLOW, type Series, type SeriesGroup } from '../metrics/series-group.ts';
import type { ServiceSeries } from '../metrics/service-series.ts';

/** What a series had when it was last delivered: the base of its next delta. */
interface Delivered {
  readonly data: Float64Array;
  readonly exponentials: readonly ExponentialHistogram[] | undefined;
  readonly atMs: number;
}

/** What a point tells of a series: all of it, or what came since the last delivery. */
interface State {
  readonly data: Float64Array;
  readonly exponentials: readonly ExponentialHistogram[] | undefined;
  readonly startMs: number;
}

/** Turns the aggregate into the shapes that the serializers of the SDK read, as sums since the start or as deltas. */
export class OtlpPoints {
  readonly #metrics: Metrics;
  readonly #ttlMs: number;
  readonly #isDelta: boolean;
  readonly #delivered = new WeakMap<Series, Delivered>();

  constructor(metrics: Metrics, ttlMs: number, isDelta: boolean) {
    this.#metrics = metrics;
    this.#ttlMs = ttlMs;
    this.#isDelta = isDelta;
  }

  /** The metrics of one service with their points, and what to remember once they are delivered. */
  of(own: ServiceSeries, nowMs: number): { readonly data: MetricData[]; delivered(): void } {
    const data = new Map<string, MetricData>();
    const shown: [Series, Delivered][] = [];
    for (const group of this.#metrics.groups) {
      const live = [...this.#metrics.live(own, group, nowMs, this.#ttlMs)];
      if (live.length === 0) continue;
      const attributes = live.map((series) => attributesOf(group, own, series));
      const states = live.map((series) => this.#stateOf(group, series));
      for (const cell of group.cells) {
        const metric = this.#metric(
          cell,
          states.map(({ data, exponentials, startMs }, i) => ({
            data,
            exponential: exponentials?.[cell.exponential],
            startTime: hrTime(startMs),
            endTime: hrTime(nowMs),
            attributes: attributes[i] ?? {},
          })),
        );
        // after a change of its attributes a metric is in two groups
        const known = data.get(cell.metric.name);
        if (known === undefined) data.set(cell.metric.name, metric);
        else (known.dataPoints as unknown[]).push(...metric.dataPoints);
      }
      if (!this.#isDelta) continue;
      for (const series of live) shown.push([series, this.#deliveredOf(group, series, nowMs)]);
    }
    const delivered = (): void => {
      for (const [series, state] of shown) this.#delivered.set(series, state);
    };
    return { data: [...data.values()], delivered };
  }

  #stateOf(group: SeriesGroup, series: Series): State {
    const { data, startMs } = series;
    const exponentials = this.#metrics.exponentialsOf(group, series);
    const base = this.#isDelta ? this.#delivered.get(series) : undefined;
    if (base === undefined) return { data, exponentials, startMs };
    return {
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

  #deliveredOf(group: SeriesGroup, series: Series, atMs: number): Delivered {
    const exponentials = this.#metrics.exponentialsOf(group, series)?.map((histogram) => histogram.clone());
    return { data: series.data.slice(), exponentials, atMs };
  }

  #metric(cell: Cell, points: readonly RawPoint[]): MetricData {
    const { name, unit, help } = cell.metric;
    const common = {
      descriptor: { name, description: help, unit, valueType: ValueType.DOUBLE },
      aggregationTemporality: this.#isDelta ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
    };
    if (cell.bounds === undefined) {
      const dataPoints = points.map(({ data, ...point }) => ({ ...point, value: data[cell.at] as number }));
      return { ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints };
    }
    const isExponential = this.#metrics.options.exponential !== undefined;
    if (isExponential) {
      const dataPoints = points.map((point) => ({ ...point, value: exponential(cell, point) }));
      return { ...common, dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM, dataPoints };
    }
    const boundaries = [...cell.bounds];
    const dataPoints = points.map((point) => ({ ...point, value: histogram(cell, point.data, boundaries) }));
    return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints };
  }
}

type RawPoint = Omit<DataPoint<never>, 'value'> & {
  readonly data: Float64Array;
  readonly exponential: ExponentialHistogram | undefined;
};

function histogram({ at }: Cell, data: Float64Array, boundaries: number[]): Histogram {
  const counts = [...data.subarray(at + 1, at + 2 + boundaries.length)];
  return { buckets: { boundaries, counts }, sum: data[at] as number, count: counts.reduce((sum, n) => sum + n, 0) };
}

function exponential({ at }: Cell, { data, exponential: own }: RawPoint): ExponentialValue {
  const { scale = 0, zeroCount = 0, offset = 0, counts: bucketCounts = [] } = own ?? {};
  return {
    sum: data[at] as number,
    count: bucketCounts.reduce((sum, n) => sum + n, zeroCount),
    scale,
    zeroCount,
    positive: { offset, bucketCounts },
    negative: { offset: 0, bucketCounts: [] },
  };
}

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

export function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
