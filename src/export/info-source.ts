import type { KnownServices } from '../metrics/known-services.ts';
import { isOn } from '../metrics/list.ts';
import type { Observation, ObservedMetric, ObservedPoint, ObservedSource } from '../metrics/observed.ts';
import type { Service } from '../span/service.ts';
import { wantsSpanMetrics } from './exporter.ts';
import { resourceAttributes } from './resource.ts';

export const tracesTarget: ObservedMetric = {
  name: 'traces.target.info',
  prometheusName: 'traces_target_info',
  unit: '',
  type: 'gauge',
  help: 'target service information in trace span metric format',
};

/** The blank at the end of its help is the reference's. */
export const tracesHost: ObservedMetric = {
  name: 'traces.host.info',
  prometheusName: 'traces_host_info',
  unit: '',
  type: 'gauge',
  help: "A metric with a constant '1' value labeled by the host id ",
};

export const HOST_ID = 'host.id';
const GRAFANA_HOST_ID = 'grafana.host.id';

/** What readers of span metrics join with, for OTLP: Prometheus has its own. `target.info` receivers make from the resource. */
export class InfoSource implements ObservedSource {
  readonly metrics = [tracesTarget, tracesHost];
  readonly #services: KnownServices;
  readonly #features: readonly string[];
  readonly #startMs = Date.now();

  constructor(services: KnownServices, features: readonly string[]) {
    this.#services = services;
    this.#features = features;
  }

  *observations(): Iterable<Observation> {
    const toldHosts = new Set(['']);
    for (const service of this.#services.all()) {
      const points = [...this.#points(service, toldHosts)];
      if (points.length > 0) yield { service, resource: {}, points };
    }
  }

  *#points(service: Service, toldHosts: Set<string>): Iterable<ObservedPoint> {
    const one = { value: 1, startMs: this.#startMs, labels: {} };
    if (wantsSpanMetrics(this.#features))
      yield { ...one, metric: tracesTarget, attributes: resourceAttributes(service) };
    const host = service.resource[HOST_ID] ?? '';
    if (!isOn('application_host', this.#features) || toldHosts.has(host)) return;
    toldHosts.add(host);
    yield { ...one, metric: tracesHost, attributes: { [GRAFANA_HOST_ID]: host } };
  }
}
