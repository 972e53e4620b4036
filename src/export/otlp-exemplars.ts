import type { MetricData } from '@opentelemetry/sdk-metrics';
import { protobufFields } from '../lib/protobuf-reader.ts';
import { ProtobufWriter } from '../lib/protobuf-writer.ts';
import type { Exemplar } from '../metrics/exemplars.ts';
import type { OtlpEndpoint } from './otlp-endpoint.ts';
import type { OtlpPoint } from './otlp-metric.ts';

/**
 * Puts exemplars into the request about these metrics of one resource. The SDK's metrics have none, but fields of a message
 * may come in any order: they are added at the end of each point of a histogram.
 */
export function withExemplars(
  request: Uint8Array,
  metrics: readonly MetricData[],
  protocol: OtlpEndpoint['protocol'],
): Uint8Array {
  const points = metrics.flatMap(({ dataPoints }) => dataPoints as OtlpPoint[]).filter(isHistogram);
  if (points.every(({ exemplars = [] }) => exemplars.length === 0)) return request;
  const next = points[Symbol.iterator]();
  const exemplars = (): readonly Exemplar[] => next.next().value?.exemplars ?? [];
  if (protocol === 'http/json') return inJson(request, exemplars);
  const writer = new ProtobufWriter();
  addTo(writer, Buffer.from(request), 0, exemplars);
  return writer.take();
}

function isHistogram({ value }: OtlpPoint): boolean {
  return typeof value === 'object';
}

/**
 * The way through https://github.com/open-telemetry/opentelemetry-proto: resource_metrics, scope_metrics, metrics, histogram or
 * exponential_histogram, data_points.
 */
const path = [[1], [2], [2], [9, 10], [1]] as const;
/** `exemplars` in a point of either. */
const places: { readonly [histogram: number]: number } = { 9: 8, 10: 11 };

function addTo(
  writer: ProtobufWriter,
  message: Buffer,
  depth: number,
  next: () => readonly Exemplar[],
  place = 0,
): void {
  const wanted: readonly number[] = path[depth] ?? [];
  for (const { number, bytes, whole } of protobufFields(message)) {
    if (!wanted.includes(number)) writer.copy(whole);
    else writer.message(number, () => addTo(writer, bytes, depth + 1, next, places[number] ?? place));
  }
  if (depth === path.length) for (const exemplar of next()) writer.message(place, () => write(writer, exemplar));
}

function write(writer: ProtobufWriter, { atMs, value, spanId, traceId }: Exemplar): void {
  writer.fixed64(2, nanoseconds(atMs));
  writer.double(3, value);
  if (traceId === '') return;
  writer.hex(4, spanId);
  writer.hex(5, traceId);
}

interface JsonPoints {
  readonly dataPoints: { exemplars?: unknown }[];
}
interface JsonRequest {
  readonly resourceMetrics: {
    readonly scopeMetrics: {
      readonly metrics: { readonly histogram?: JsonPoints; readonly exponentialHistogram?: JsonPoints }[];
    }[];
  }[];
}

function inJson(request: Uint8Array, next: () => readonly Exemplar[]): Uint8Array {
  const parsed = JSON.parse(Buffer.from(request).toString()) as JsonRequest;
  const metrics = parsed.resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  for (const { histogram, exponentialHistogram } of metrics) {
    for (const point of (histogram ?? exponentialHistogram)?.dataPoints ?? []) {
      point.exemplars = next().map(({ atMs, value, spanId, traceId }) => ({
        timeUnixNano: `${nanoseconds(atMs)}`,
        asDouble: value,
        ...(traceId !== '' && { spanId, traceId }),
      }));
    }
  }
  return Buffer.from(JSON.stringify(parsed));
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1_000)) * 1_000n;
}
