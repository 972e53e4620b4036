import { type Distribution, since } from '../lib/distribution.ts';
import type { ObservedMetric, ObservedPoint, ObservedSource } from '../metrics/observed.ts';
import type { Service } from '../span/service.ts';
import type { HistogramPoint, NumberPoint, OtlpMetric } from './otlp-metric.ts';

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
  readonly metrics: readonly OtlpMetric[];
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
      const found = new Map<ObservedMetric, OtlpMetric>();
      const shown: [string, Delivered][] = [];
      for (const point of points) {
        const identity = JSON.stringify([service?.instanceId, point.metric.name, point.startMs, point.attributes]);
        const base = this.#isDelta && addsUp(point.metric) ? this.#delivered.get(identity) : undefined;
        if (base !== undefined) this.#next.set(identity, base);
        const metric = found.get(point.metric) ?? this.#empty(point);
        found.set(point.metric, metric);
        (metric.points as (NumberPoint | HistogramPoint)[]).push(pointOf(point, base, nowMs));
        shown.push([identity, { value: point.value, atMs: nowMs }]);
      }
      const delivered = (): void => {
        for (const [identity, state] of this.#isDelta ? shown : []) this.#next.set(identity, state);
      };
      yield { service, resource, scope: this.#source.scope, metrics: [...found.values()], delivered };
    }
  }

  #empty({ metric, value }: ObservedPoint<Value>): OtlpMetric {
    const { name, unit, help, type: is } = metric;
    const described = { name, unit, help, isDelta: this.#isDelta && addsUp(metric), points: [] };
    if (is !== 'histogram') return { ...described, is };
    return { ...described, is, bounds: typeof value === 'number' ? [] : value.bounds };
  }
}

function addsUp({ type }: ObservedMetric): boolean {
  return type === 'counter' || type === 'histogram';
}

function pointOf({ value, startMs, attributes }: ObservedPoint<Value>, base: Delivered | undefined, nowMs: number) {
  const common = { startMs: base?.atMs ?? startMs, endMs: nowMs, attributes };
  const before = base?.value;
  if (typeof value === 'number') return { ...common, value: value - (typeof before === 'number' ? before : 0) };
  const { sum, counts } = typeof before === 'object' ? since(value, before) : value;
  return { ...common, data: [sum, ...counts], at: 0, exponential: undefined, exemplars: [] };
}
