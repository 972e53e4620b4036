import type { Distribution } from '../lib/distribution.ts';
import type { Observation, ObservedMetric, ObservedPoint, ObservedSource } from '../metrics/observed.ts';
import { SERVICE_NAME, SERVICE_NAMESPACE } from '../span/attributes.ts';
import type { Service } from '../span/service.ts';
import type { InternalValue } from '../telemetry/internal.ts';
import { product } from '../telemetry/product.ts';
import { type OwnMetric, ownMetrics } from './own-metrics.ts';

/** Labels of the page that OTLP knows by another name. */
const attributeNames: Readonly<Record<string, string>> = {
  service_name: SERVICE_NAME,
  service_namespace: SERVICE_NAMESPACE,
  telemetry_type: 'telemetry.type',
  probe_id: 'bpf.probe.id',
  probe_type: 'bpf.probe.type',
  probe_name: 'bpf.probe.name',
  map_id: 'bpf.map.id',
  map_name: 'bpf.map.name',
  map_type: 'bpf.map.type',
};

/** The histogram of latencies has it as its sum. */
const elsewhere = new Set(['bpf_probe_latency_seconds']);
const inSeconds = new Set(['bpf_probe_latency']);

/** The agent's metrics about itself, for OTLP: the words of the page, dotted. */
export class OwnSource implements ObservedSource<InternalValue['value']> {
  readonly scope = 'obi_internal';
  readonly metrics: readonly ObservedMetric[];
  readonly #own: readonly { readonly metric: ObservedMetric; readonly read: OwnMetric['read'] }[];
  readonly #service: Service;
  readonly #startMs = Date.now();

  constructor(agent: Service) {
    this.#service = agent;
    this.#own = ownMetrics()
      .filter(({ name }) => !elsewhere.has(name))
      .map((own) => ({ metric: dotted(own), read: own.read }));
    this.metrics = this.#own.map(({ metric }) => metric);
  }

  *observations(): Iterable<Observation<number | Distribution>> {
    yield { service: this.#service, resource: {}, points: [...this.#points()] };
  }

  *#points(): Iterable<ObservedPoint<number | Distribution>> {
    for (const { metric, read } of this.#own) {
      for (const { labels, value } of read()) {
        yield { metric, value, startMs: this.#startMs, labels, attributes: attributesOf(labels) };
      }
    }
  }
}

function dotted({ name, help, type, isSum }: OwnMetric): ObservedMetric {
  return {
    name: `${product.source}.${name.replaceAll('_', '.')}`,
    prometheusName: `${product.source}_${name}`,
    unit: inSeconds.has(name) ? 's' : '',
    help,
    type: isSum === true ? 'level' : type,
  };
}

function attributesOf(labels: InternalValue['labels']): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [attributeNames[name] ?? name, value]));
}
