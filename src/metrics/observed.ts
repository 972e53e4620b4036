import type { Service } from '../span/service.ts';
import type { PointValue } from './getter.ts';

/** A metric whose values are looked up and not added up from spans. */
export interface ObservedMetric {
  /** OpenTelemetry name. */
  readonly name: string;
  readonly prometheusName: string;
  readonly unit: 's' | 'By' | '1' | '';
  readonly help: string;
  /** `level` may go up and down and be added up over processes, which a gauge may not. */
  readonly type: 'counter' | 'gauge' | 'level' | 'histogram';
}

export interface ObservedPoint<V = number> {
  readonly metric: ObservedMetric;
  /** Of a histogram, a distribution. */
  readonly value: V;
  /** Since when a counter counts. */
  readonly startMs: number;
  /** By OpenTelemetry name: what Prometheus shows as labels, and what OTLP says of the point itself. */
  readonly labels: Readonly<Record<string, PointValue>>;
  readonly attributes: Readonly<Record<string, PointValue>>;
}

/** What is known of one resource. */
export interface Observation<V = number> {
  /** Undefined where the points say everything themselves. */
  readonly service: Service | undefined;
  /** Attributes of the resource in OTLP, besides those of the service. */
  readonly resource: Readonly<Record<string, PointValue>>;
  readonly points: readonly ObservedPoint<V>[];
}

export interface ObservedSource<V = number> {
  readonly metrics: readonly ObservedMetric[];
  /** Instrumentation scope in OTLP, where it is not that of the product. */
  readonly scope?: string;
  observations(nowMs: number): Iterable<Observation<V>>;
}
