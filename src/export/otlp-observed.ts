import type { MetricData } from '@opentelemetry/sdk-metrics';
import { type Distribution, since } from '../lib/distribution.ts';
import type { ObservedMetric, ObservedPoint, ObservedSource } from '../metrics/observed.ts';
import type { Service } from '../span/service.ts';
import { histogramValue, type OtlpPoint, otlpMetric, otlpPoint } from './otlp-metric.ts';

type Value = number | Distribution;

interface Delivered {
  readonly value: Value;
  readonly atMs: number;
}

/** The metrics of one resource. */
export interface ObservedData {
  readonly service: Service | undefined;
  readonly resource: Readonly<Record<string, string | number>>;
  /** Of the source, where it is not that of the product. */
  readonly scope: string | undefined;
  readonly metrics: readonly MetricData[];
  /** The receiver has them: the next deltas begin here. */
  delivered(): void;
}

/** Turns what a source observes into points. */
export class OtlpObserved {
  readonly #source: ObservedSource<Value>;
  readonly #isDelta: boolean;
  /** Of what adds up, by what tells them apart; those that were not seen for a round are forgotten. */
  #delivered = new Map<string, Delivered>();
  #next = new Map<string, Delivered>();

  constructor(source: ObservedSource<Value>, isDelta: boolean) {
    this.#source = source;
    this.#isDelta = isDelta;
  }

  *of(nowMs: number): Iterable<ObservedData> {
    this.#delivered = this.#next;
    this.#next = new Map();
    for (const { service, resource, points } of this.#source.observations(nowMs)) {
      const found = new Map<ObservedMetric, OtlpPoint[]>();
      const shown: [string, Delivered][] = [];
      for (const point of points) {
        const identity = JSON.stringify([service?.instanceId, point.metric.name, point.startMs, point.attributes]);
        const base = this.#isDelta && addsUp(point.metric) ? this.#delivered.get(identity) : undefined;
        if (base !== undefined) this.#next.set(identity, base);
        const known = found.get(point.metric) ?? [];
        found.set(point.metric, known);
        known.push(pointOf(point, base, nowMs));
        shown.push([identity, { value: point.value, atMs: nowMs }]);
      }
      const delivered = (): void => {
        for (const [identity, state] of this.#isDelta ? shown : []) this.#next.set(identity, state);
      };
      const metrics = [...found].map(([metric, of]) => this.#metric(metric, of));
      yield { service, resource, scope: this.#source.scope, metrics, delivered };
    }
  }

  #metric(metric: ObservedMetric, points: OtlpPoint[]): MetricData {
    const { name, unit, help, type } = metric;
    return otlpMetric(type, { name, unit, help, isDelta: this.#isDelta && addsUp(metric) }, points);
  }
}

function addsUp({ type }: ObservedMetric): boolean {
  return type === 'counter' || type === 'histogram';
}

function pointOf(
  { value, startMs, attributes }: ObservedPoint<Value>,
  base: Delivered | undefined,
  endMs: number,
): OtlpPoint {
  const moment = { startMs: base?.atMs ?? startMs, endMs, attributes };
  const before = base?.value;
  if (typeof value === 'number') return otlpPoint(moment, value - (typeof before === 'number' ? before : 0));
  const { bounds, sum, counts } = typeof before === 'object' ? since(value, before) : value;
  return otlpPoint(moment, histogramValue([...bounds], [sum, ...counts], 0));
}
