import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Distribution } from '../lib/distribution.ts';
import type { ExemplarFilter } from '../metrics/exemplars.ts';
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
import { OtlpResources, SPAN_METRICS_SKIP } from './otlp-resource.ts';
import { OwnSource } from './own-source.ts';
import type { Sink } from './sink.ts';
import { hiddenResourceAttributes } from './trace-attributes.ts';

export interface OtlpMetricsOptions extends DeliveryOptions {
  readonly metrics: Metrics;
  readonly intervalMs: number;
  readonly ttlMs: number;
  readonly temporality: 'cumulative' | 'delta';
  readonly exemplars?: ExemplarFilter;
  readonly select: Select;
  readonly hasSpanMetrics: boolean;
  readonly observed?: readonly ObservedSource<number | Distribution>[];
  readonly closeMs: number;
}

/**
 * Pushes the aggregate in intervals. A failed push loses nothing but its moment: the next one holds the same sums, and deltas
 * go on from what was taken last. Lost are the points of series that end before that, and those of the last push of all.
 */
export function otlpMetricsSink(options: OtlpMetricsOptions): Sink {
  const { metrics, intervalMs, closeMs } = options;
  const retry = { ...options.retry, maxElapsedMs: Math.min(options.retry.maxElapsedMs, intervalMs) };
  const requests = new OtlpMetricsRequests({ ...options, retry });
  const mark = options.hasSpanMetrics ? { [SPAN_METRICS_SKIP]: true } : {};
  let resources = new OtlpResources(mark, hiddenResourceAttributes(options.select));
  const isDelta = options.temporality === 'delta';
  const source = new OtlpPoints(metrics, {
    ttlMs: options.ttlMs,
    isDelta,
    exemplars: options.exemplars ?? 'always_off',
  });
  const observed = (options.observed ?? []).map((one) => new OtlpObserved(one, isDelta));
  let timer: NodeJS.Timeout | undefined;
  let pushing: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;

  async function push(): Promise<void> {
    const nowMs = Date.now();
    metrics.expire(nowMs);
    source.forgetEnded(nowMs);
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
      yield { resource: resources.of(own.service), ...source.of(own, nowMs) };
    }
    for (const one of observed) {
      for (const { service, resource, scope, metrics, delivered } of one.of(nowMs)) {
        const settled = (isTaken: boolean) => isTaken && delivered();
        yield { resource: resources.with(service, resource), scope, metrics, settled };
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
      const last = async (): Promise<void> => {
        await pushing;
        requests.isLast = true;
        await push();
      };
      stopped ??= requests.finish(last(), closeMs);
      return stopped;
    },
  };
}

export const otlpMetricsExporter: Exporter = {
  name: 'otlp metrics',
  needsIds: false,
  open(options, { services, observed, metricsOf }) {
    const { otlpMetrics, select, agent, closeMs, onFatal } = options;
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
      observed: [
        ...observed,
        new InfoSource(services, otlpMetrics.metrics.features),
        ...(agent === undefined ? [] : [new OwnSource(agent)]),
      ],
    });
  },
};
