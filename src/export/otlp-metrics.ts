import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type IExportMetricsServiceResponse,
  JsonMetricsSerializer,
  ProtobufMetricsSerializer,
} from '@opentelemetry/otlp-transformer';
import type { Metrics } from '../metrics/metrics.ts';
import type { Select } from '../metrics/selection.ts';
import { counters } from '../telemetry/counters.ts';
import { log } from '../telemetry/log.ts';
import { type Exporter, hasSpanMetrics } from './exporter.ts';
import { type DeliveryOptions, OtlpDelivery, type PartialSuccess } from './otlp-delivery.ts';
import { joined } from './otlp-encoding.ts';
import { otlpEndpoint } from './otlp-endpoint.ts';
import { OtlpPoints } from './otlp-points.ts';
import { OtlpResources, scope } from './otlp-resource.ts';
import type { Sink } from './sink.ts';
import { hiddenResourceAttributes } from './trace-attributes.ts';

export interface OtlpMetricsOptions extends DeliveryOptions {
  readonly metrics: Metrics;
  readonly intervalMs: number;
  readonly ttlMs: number;
  readonly temporality: 'cumulative' | 'delta';
  readonly select: Select;
  readonly hasSpanMetrics: boolean;
  readonly closeMs: number;
}

/** Receivers refuse requests of more than a few megabytes. */
const maxRequestBytes = 2 * 1024 * 1024;

interface Batch {
  readonly parts: Uint8Array[];
  readonly confirmations: (() => void)[];
  bytes: number;
  points: number;
}

/** Pushes the aggregate in intervals. A failed push loses nothing but its moment: the next one holds the same sums. */
export function otlpMetricsSink(options: OtlpMetricsOptions): Sink {
  const { metrics, endpoint, intervalMs, closeMs } = options;
  const serializer = endpoint.protocol === 'http/json' ? JsonMetricsSerializer : ProtobufMetricsSerializer;
  const retry = { ...options.retry, maxElapsedMs: Math.min(options.retry.maxElapsedMs, intervalMs) };
  const delivery = new OtlpDelivery('metrics', { ...options, retry }, serializer, partialOf);
  const mark = options.hasSpanMetrics ? { 'span.metrics.skip': true } : {};
  let resources = new OtlpResources(mark, hiddenResourceAttributes(options.select));
  const source = new OtlpPoints(metrics, options.ttlMs, options.temporality === 'delta');
  let timer: NodeJS.Timeout | undefined;
  let pushing: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;

  async function push(): Promise<void> {
    const nowMs = Date.now();
    metrics.expire(nowMs);
    let batch = emptyBatch();
    for (const own of metrics.services()) {
      const { data, points, delivered } = source.of(own, nowMs);
      if (points === 0) continue;
      const part = serializer.serializeRequest({
        resource: resources.of(own.service),
        scopeMetrics: [{ scope, metrics: data }],
      });
      if (part === undefined) {
        counters.add('points_lost', 'otlp_serializer', points);
        continue;
      }
      if (batch.parts.length > 0 && batch.bytes + part.length > maxRequestBytes) {
        await send(batch);
        batch = emptyBatch();
      }
      batch.parts.push(part);
      batch.confirmations.push(delivered);
      batch.bytes += part.length;
      batch.points += points;
      await nextTurn();
    }
    if (batch.parts.length > 0) await send(batch);
  }

  async function send({ parts, points, confirmations }: Batch): Promise<void> {
    const isTaken = await delivery.send(joined(parts, endpoint.protocol, 'resourceMetrics'), points);
    if (isTaken) for (const confirm of confirmations) confirm();
  }

  return {
    name: 'otlp metrics',
    async start() {
      timer = setInterval(() => {
        if (pushing !== undefined) {
          log.warn('an export of metrics is skipped: the last one is still under way');
          return;
        }
        pushing = push().finally(() => {
          pushing = undefined;
        });
      }, intervalMs);
    },
    write() {},
    reconfigure({ select }) {
      resources = new OtlpResources(mark, hiddenResourceAttributes(select));
    },
    stop() {
      clearInterval(timer);
      stopped ??= delivery.finish((pushing ?? Promise.resolve()).then(push), closeMs);
      return stopped;
    },
  };
}

function emptyBatch(): Batch {
  return { parts: [], confirmations: [], bytes: 0, points: 0 };
}

function partialOf({ partialSuccess }: IExportMetricsServiceResponse): PartialSuccess | undefined {
  if (partialSuccess === undefined) return undefined;
  return { rejected: Number(partialSuccess.rejectedDataPoints ?? 0), why: partialSuccess.errorMessage ?? '' };
}

export const otlpMetricsExporter: Exporter = {
  name: 'otlp metrics',
  needsIds: false,
  open(options, { metricsOf }) {
    const { otlpMetrics, select, closeMs, onFatal } = options;
    if (otlpMetrics === undefined) return undefined;
    const endpoint = otlpEndpoint('metrics', otlpMetrics.target, (why) => {
      log.error('metrics are not exported', { why });
      onFatal(new Error(`metrics are not exported: ${why}`));
    });
    if (endpoint === undefined) return undefined;
    const metrics = metricsOf(otlpMetrics.metrics);
    return otlpMetricsSink({
      ...otlpMetrics,
      endpoint,
      metrics,
      select,
      closeMs,
      hasSpanMetrics: hasSpanMetrics(options),
    });
  },
};
