import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Metrics } from '../metrics/metrics.ts';
import type { ObservedSource } from '../metrics/observed.ts';
import type { Select } from '../metrics/selection.ts';
import { log } from '../telemetry/log.ts';
import { type Exporter, hasSpanMetrics } from './exporter.ts';
import { InfoSource } from './info-source.ts';
import type { DeliveryOptions } from './otlp-delivery.ts';
import { otlpEndpoint } from './otlp-endpoint.ts';
import { OtlpMetricsRequests, type ResourcePoints } from './otlp-metrics-requests.ts';
import { OtlpObserved } from './otlp-observed.ts';
import { OtlpPoints } from './otlp-points.ts';
import { OtlpResources } from './otlp-resource.ts';
import type { Sink } from './sink.ts';
import { hiddenResourceAttributes } from './trace-attributes.ts';

export interface OtlpMetricsOptions extends DeliveryOptions {
  readonly metrics: Metrics;
  readonly intervalMs: number;
  readonly ttlMs: number;
  readonly temporality: 'cumulative' | 'delta';
  readonly select: Select;
  readonly hasSpanMetrics: boolean;
  readonly observed?: readonly ObservedSource[];
  readonly closeMs: number;
}

/** Pushes the aggregate in intervals. A failed push loses nothing but its moment: the next one holds the same sums. */
export function otlpMetricsSink(options: OtlpMetricsOptions): Sink {
  const { metrics, intervalMs, closeMs } = options;
  const retry = { ...options.retry, maxElapsedMs: Math.min(options.retry.maxElapsedMs, intervalMs) };
  const requests = new OtlpMetricsRequests({ ...options, retry });
  const mark = options.hasSpanMetrics ? { 'span.metrics.skip': true } : {};
  let resources = new OtlpResources(mark, hiddenResourceAttributes(options.select));
  const source = new OtlpPoints(metrics, options.ttlMs, options.temporality === 'delta');
  const observed = (options.observed ?? []).map((one) => new OtlpObserved(one, options.temporality === 'delta'));
  let timer: NodeJS.Timeout | undefined;
  let pushing: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;

  async function push(): Promise<void> {
    const nowMs = Date.now();
    metrics.expire(nowMs);
    for (const points of resourcesAt(nowMs)) {
      if (points.metrics.length === 0) continue;
      await requests.add(points);
      await nextTurn();
    }
    await requests.flush();
  }

  /** All there is to tell at the moment, resource by resource. */
  function* resourcesAt(nowMs: number): Iterable<ResourcePoints> {
    for (const own of metrics.services()) {
      const { data, delivered } = source.of(own, nowMs);
      yield { resource: resources.of(own.service), metrics: data, delivered };
    }
    for (const one of observed) {
      for (const { service, resource, data, delivered } of one.of(nowMs)) {
        yield { resource: resources.with(service, resource), metrics: data, delivered };
      }
    }
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
      stopped ??= requests.finish((pushing ?? Promise.resolve()).then(push), closeMs);
      return stopped;
    },
  };
}

export const otlpMetricsExporter: Exporter = {
  name: 'otlp metrics',
  needsIds: false,
  open(options, { services, observed, metricsOf }) {
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
      observed: [...observed, new InfoSource(services, otlpMetrics.metrics.features)],
    });
  },
};
