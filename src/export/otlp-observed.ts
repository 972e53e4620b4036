import type { ObservedMetric, ObservedPoint, ObservedSource } from '../metrics/observed.ts';
import type { Service } from '../span/service.ts';
import type { NumberPoint, OtlpMetric } from './otlp-metric.ts';

interface Delivered {
  readonly value: number;
  readonly atMs: number;
}

/** The metrics of one resource. */
export interface ObservedData {
  readonly service: Service | undefined;
  readonly resource: Readonly<Record<string, string | number>>;
  readonly metrics: readonly OtlpMetric[];
  /** The receiver has them: the next deltas begin here. */
  delivered(): void;
}

/** Turns what a source observes into points. */
export class OtlpObserved {
  readonly #source: ObservedSource;
  readonly #isDelta: boolean;
  /** Of counters, by what tells them apart; those that were not seen for a round are forgotten. */
  #delivered = new Map<string, Delivered>();
  #next = new Map<string, Delivered>();

  constructor(source: ObservedSource, isDelta: boolean) {
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
        const base = this.#isDelta && point.metric.type === 'counter' ? this.#delivered.get(identity) : undefined;
        if (base !== undefined) this.#next.set(identity, base);
        const metric = found.get(point.metric) ?? this.#empty(point.metric);
        found.set(point.metric, metric);
        (metric.points as NumberPoint[]).push(numberPoint(point, base, nowMs));
        shown.push([identity, { value: point.value, atMs: nowMs }]);
      }
      const delivered = (): void => {
        for (const [identity, state] of this.#isDelta ? shown : []) this.#next.set(identity, state);
      };
      yield { service, resource, metrics: [...found.values()], delivered };
    }
  }

  #empty({ name, unit, help, type: is }: ObservedMetric): OtlpMetric {
    return { name, unit, help, is, isDelta: this.#isDelta && is === 'counter', points: [] };
  }
}

function numberPoint({ value, startMs, attributes }: ObservedPoint, base: Delivered | undefined, nowMs: number) {
  return { startMs: base?.atMs ?? startMs, endMs: nowMs, attributes, value: value - (base?.value ?? 0) };
}
