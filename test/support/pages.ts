import { type OtlpMetricsOptions, otlpMetricsSink } from '../../src/export/otlp-metrics.ts';
import { type PrometheusOptions, prometheusSink } from '../../src/export/prometheus.ts';
import { deliveryOptions } from './otlp-options.ts';
import { otlpReceiver, type ReceivedRequest } from './otlp-receiver.ts';

/** The text that Prometheus reads. */
export async function pageOf(
  application: Pick<PrometheusOptions, 'metrics' | 'services'> & Partial<PrometheusOptions>,
): Promise<string> {
  const usual = { port: 0, path: '/metrics', ttlMs: 0, extraResourceAttributes: [], disableBuildInfo: true };
  const sink = prometheusSink({
    application: { ...usual, ...application },
    closeMs: 500,
    onFatal: (error) => {
      throw error;
    },
  });
  await sink.start();
  const response = await fetch(`http://localhost:${sink.ports[0]}/metrics`);
  const text = await response.text();
  await sink.stop();
  return text;
}

/** What a receiver of OTLP reads. */
export async function pushOf(
  options: Pick<OtlpMetricsOptions, 'metrics'> & Partial<OtlpMetricsOptions>,
): Promise<readonly ReceivedRequest[]> {
  const receiver = await otlpReceiver();
  const sink = otlpMetricsSink({
    ...deliveryOptions(`${receiver.url}/v1/metrics`),
    intervalMs: 60_000,
    ttlMs: 0,
    temporality: 'cumulative',
    select: {},
    hasSpanMetrics: false,
    closeMs: 2_000,
    ...options,
  });
  await sink.stop();
  await receiver.close();
  return receiver.requests;
}
