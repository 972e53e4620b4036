import type { MessageWriter } from '../lib/message-writer.ts';
import type { Exemplar } from '../metrics/exemplars.ts';
import type { ExponentialHistogram } from '../metrics/exponential-histogram.ts';
import {
  BUCKETS,
  EXEMPLAR,
  EXPONENTIAL_POINT,
  HISTOGRAM_POINT,
  METRIC,
  NUMBER_POINT,
  POINT,
  SERIES,
} from './otlp-fields.ts';
import { type OtlpRequest, writeAttributes } from './otlp-request.ts';
import type { Resource } from './otlp-resource.ts';

interface Point {
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Resource;
}

export interface NumberPoint extends Point {
  readonly value: number;
}

export interface HistogramPoint extends Point {
  /** From `at` on: the sum, and the count of each bucket. */
  readonly data: ArrayLike<number>;
  readonly at: number;
  readonly exponential: ExponentialHistogram | undefined;
  readonly exemplars: readonly Exemplar[];
}

interface Described {
  readonly name: string;
  readonly unit: string;
  readonly help: string;
  readonly isDelta: boolean;
}

/** One metric of a resource, with its points. */
export type OtlpMetric =
  | (Described & { readonly is: 'gauge' | 'level' | 'counter'; readonly points: NumberPoint[] })
  | (Described & {
      readonly is: 'histogram' | 'exponential';
      readonly bounds: ArrayLike<number>;
      readonly points: HistogramPoint[];
    });

const bodies = {
  gauge: METRIC.gauge,
  level: METRIC.sum,
  counter: METRIC.sum,
  histogram: METRIC.histogram,
  exponential: METRIC.exponential,
} as const;

const DELTA = 1;
const CUMULATIVE = 2;

export function writeMetric(request: OtlpRequest, metric: OtlpMetric): void {
  const { writer } = request;
  const item = request.item();
  writer.text(METRIC.name, metric.name);
  writer.text(METRIC.description, metric.help);
  writer.text(METRIC.unit, metric.unit);
  const body = writer.begin(bodies[metric.is]);
  writer.beginList(SERIES.points);
  for (const point of metric.points) {
    const at = writer.item(SERIES.points);
    writer.time(POINT.start, nanoseconds(point.startMs));
    writer.time(POINT.time, nanoseconds(point.endMs));
    if ('value' in point) writeNumber(writer, point);
    else if (metric.is === 'exponential') writeExponential(writer, point);
    else if (metric.is === 'histogram') writeHistogram(writer, point, metric.bounds);
    writer.end(at);
  }
  writer.endList();
  if (metric.is !== 'gauge') writer.integer(SERIES.temporality, metric.isDelta ? DELTA : CUMULATIVE);
  if (metric.is === 'counter') writer.boolean(SERIES.isMonotonic, true);
  writer.end(body);
  writer.end(item);
}

function writeNumber(writer: MessageWriter, { attributes, value }: NumberPoint): void {
  writeAttributes(writer, NUMBER_POINT.attributes, attributes);
  writer.double(NUMBER_POINT.value, value);
}

function writeHistogram(writer: MessageWriter, point: HistogramPoint, bounds: ArrayLike<number>): void {
  const { data, at } = point;
  const first = at + 1;
  const end = first + bounds.length + 1;
  let count = 0;
  for (let i = first; i < end; i++) count += data[i] as number;
  writeAttributes(writer, HISTOGRAM_POINT.attributes, point.attributes);
  writer.count(HISTOGRAM_POINT.count, count);
  writer.double(HISTOGRAM_POINT.sum, data[at] as number);
  writer.counts(HISTOGRAM_POINT.bucketCounts, data, first, end);
  writer.doubles(HISTOGRAM_POINT.bounds, bounds);
  writeExemplars(writer, HISTOGRAM_POINT.exemplars, point.exemplars);
}

function writeExponential(writer: MessageWriter, point: HistogramPoint): void {
  const { scale = 0, zeroCount = 0, offset = 0, counts = [] } = point.exponential ?? {};
  writeAttributes(writer, EXPONENTIAL_POINT.attributes, point.attributes);
  writer.count(
    EXPONENTIAL_POINT.count,
    counts.reduce((sum, n) => sum + n, zeroCount),
  );
  writer.double(EXPONENTIAL_POINT.sum, point.data[point.at] as number);
  writer.signed(EXPONENTIAL_POINT.scale, scale);
  writer.count(EXPONENTIAL_POINT.zeroCount, zeroCount);
  const positive = writer.begin(EXPONENTIAL_POINT.positive);
  writer.signed(BUCKETS.offset, offset);
  writer.integers(BUCKETS.counts, counts);
  writer.end(positive);
  writeExemplars(writer, EXPONENTIAL_POINT.exemplars, point.exemplars);
}

function writeExemplars(
  writer: MessageWriter,
  list: (typeof HISTOGRAM_POINT | typeof EXPONENTIAL_POINT)['exemplars'],
  exemplars: readonly Exemplar[],
): void {
  if (exemplars.length === 0) return;
  writer.beginList(list);
  for (const { atMs, value, traceId, spanId } of exemplars) {
    const at = writer.item(list);
    writer.time(EXEMPLAR.time, nanoseconds(atMs));
    writer.double(EXEMPLAR.value, value);
    if (traceId !== '') {
      writer.id(EXEMPLAR.spanId, spanId);
      writer.id(EXEMPLAR.traceId, traceId);
    }
    writer.end(at);
  }
  writer.endList();
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1_000)) * 1_000n;
}
