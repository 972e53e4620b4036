import { ValueType } from '@opentelemetry/api';
import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics';
import type { ObservedMetric, ObservedPoint, ObservedSource } from '../metrics/observed.ts';
import type { Service } from '../span/service.ts';
import { hrTime } from './otlp-points.ts';

interface Delivered {
  readonly value: number;
  readonly atMs: number;
}

/** The metrics of one resource. */
export interface ObservedData {
  readonly service: Service;
  readonly resource: Readonly<Record<string, string | number>>;
  readonly data: MetricData[];
  /** The receiver has them: the next deltas begin here. */
  delivered(): void;
}

/** Turns what a source observes into the shapes that the serializers of the SDK read. */
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
      const data = new Map<ObservedMetric, MetricData>();
      const shown: [string, Delivered][] = [];
      for (const point of points) {
        const identity = JSON.stringify([service.instanceId, point.metric.name, point.startMs, point.attributes]);
        const base = this.#isDelta && point.metric.type === 'counter' ? this.#delivered.get(identity) : undefined;
        if (base !== undefined) this.#next.set(identity, base);
        const metric = data.get(point.metric) ?? this.#empty(point.metric);
        data.set(point.metric, metric);
        (metric.dataPoints as unknown[]).push(dataPoint(point, base, nowMs));
        shown.push([identity, { value: point.value, atMs: nowMs }]);
      }
      const delivered = (): void => {
        for (const [identity, state] of this.#isDelta ? shown : []) this.#next.set(identity, state);
      };
      yield { service, resource, data: [...data.values()], delivered };
    }
  }

  #empty({ name, unit, help, type }: ObservedMetric): MetricData {
    const common = {
      descriptor: { name, description: help, unit, valueType: ValueType.DOUBLE },
      aggregationTemporality:
        this.#isDelta && type === 'counter' ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE,
      dataPoints: [],
    };
    if (type === 'gauge') return { ...common, dataPointType: DataPointType.GAUGE };
    return { ...common, dataPointType: DataPointType.SUM, isMonotonic: type === 'counter' };
  }
}

function dataPoint({ value, startMs, attributes }: ObservedPoint, base: Delivered | undefined, nowMs: number) {
  return {
    startTime: hrTime(base?.atMs ?? startMs),
    endTime: hrTime(nowMs),
    attributes,
    value: value - (base?.value ?? 0),
  };
}
