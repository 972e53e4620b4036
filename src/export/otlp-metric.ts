import { type Attributes, ValueType } from '@opentelemetry/api';
import { millisToHrTime } from '@opentelemetry/core';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type ExponentialHistogram as ExponentialValue,
  type Histogram,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import type { Exemplar } from '../metrics/exemplars.ts';
import type { ExponentialHistogram } from '../metrics/exponential-histogram.ts';

/** Points of histograms bring their exemplars, which the SDK's do not know. */
export type OtlpPoint<V = number | Histogram | ExponentialValue> = DataPoint<V> & {
  readonly exemplars?: readonly Exemplar[];
};

export interface Moment {
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Attributes;
}

export interface Described {
  readonly name: string;
  readonly unit: string;
  readonly help: string;
  readonly isDelta: boolean;
}

type MetricKind = 'gauge' | 'level' | 'counter' | 'histogram' | 'exponential';

/** A metric with its points, which are of its kind. */
export function otlpMetric(is: MetricKind, { name, unit, help, isDelta }: Described, points: OtlpPoint[]): MetricData {
  const common = {
    descriptor: { name, description: help, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: isDelta ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
  };
  const dataPoints = points as never[];
  switch (is) {
    case 'gauge':
      return { ...common, dataPointType: DataPointType.GAUGE, dataPoints };
    case 'histogram':
      return { ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints };
    case 'exponential':
      return { ...common, dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM, dataPoints };
    default:
      return { ...common, dataPointType: DataPointType.SUM, dataPoints, isMonotonic: is === 'counter' };
  }
}

export function otlpPoint<V>({ startMs, endMs, attributes }: Moment, value: V): DataPoint<V> {
  return { startTime: millisToHrTime(startMs), endTime: millisToHrTime(endMs), attributes, value };
}

/** Of data that has at `at` the sum, and then the count of each bucket. */
export function histogramValue(boundaries: number[], data: ArrayLike<number>, at: number): Histogram {
  const counts = Array.from({ length: boundaries.length + 1 }, (_, i) => data[at + 1 + i] as number);
  return { buckets: { boundaries, counts }, sum: data[at] as number, count: counts.reduce((sum, n) => sum + n, 0) };
}

export function exponentialValue(sum: number, own: ExponentialHistogram | undefined): ExponentialValue {
  const { scale = 0, zeroCount = 0, offset = 0, counts: bucketCounts = [] } = own ?? {};
  return {
    sum,
    count: bucketCounts.reduce((total, n) => total + n, zeroCount),
    scale,
    zeroCount,
    positive: { offset, bucketCounts },
    negative: { offset: 0, bucketCounts: [] },
  };
}
