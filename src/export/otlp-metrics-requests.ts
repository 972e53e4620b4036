import type { Resource } from '@opentelemetry/resources';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import { counters } from '../telemetry/counters.ts';
import { type DeliveryOptions, OtlpDelivery } from './otlp-delivery.ts';
import { joined, maxRequestBytes } from './otlp-encoding.ts';
import { withExemplars } from './otlp-exemplars.ts';
import { scope } from './otlp-resource.ts';

/** So many points stay below that, whatever their attributes are. */
const maxPoints = 4_000;

/** The metrics of one resource at one moment. */
export interface ResourcePoints {
  readonly resource: Resource;
  /** Instrumentation scope, where it is not that of the product. */
  readonly scope?: string | undefined;
  readonly metrics: readonly MetricData[];
  /** Called when the receiver has them all, or when it has not. */
  readonly settled?: (isTaken: boolean) => void;
}

interface Batch {
  readonly parts: Uint8Array[];
  readonly settlements: ((isTaken: boolean) => void)[];
  bytes: number;
  points: number;
}

/** Gathers the metrics of many resources into few requests, and delivers these. */
export class OtlpMetricsRequests {
  readonly #options: DeliveryOptions;
  readonly #delivery: OtlpDelivery;
  #batch = emptyBatch();
  /** Nothing comes after: what is not taken now is lost. */
  isLast = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#delivery = new OtlpDelivery('metrics', options);
  }

  /** Waits only when a request is full and goes out first. */
  async add(points: ResourcePoints): Promise<void> {
    const { settled = () => {} } = points;
    const pieces = piecesOf(points.metrics);
    let missing = pieces.length;
    let isTaken = true;
    for (const piece of pieces) {
      await this.#add({ ...points, metrics: piece }, (isPieceTaken) => {
        isTaken &&= isPieceTaken;
        if (--missing === 0) settled(isTaken);
      });
    }
  }

  async flush(): Promise<void> {
    const { parts, points, settlements } = this.#batch;
    this.#batch = emptyBatch();
    if (parts.length === 0) return;
    const body = joined(parts, this.#options.endpoint.protocol, 'resourceMetrics');
    const isTaken = await this.#delivery.send(body, points, this.isLast ? points : 0);
    for (const settle of settlements) settle(isTaken);
  }

  async #add(
    { resource, scope: name = scope.name, metrics }: ResourcePoints,
    settle: (isTaken: boolean) => void,
  ): Promise<void> {
    const { protocol } = this.#options.endpoint;
    const { serializers } = await import('./otlp-serializers.ts');
    const scopeMetrics = [{ scope: { ...scope, name }, metrics: [...metrics] }];
    const bytes = serializers.metrics[protocol].serializeRequest({ resource, scopeMetrics });
    const points = pointsIn(metrics);
    if (bytes === undefined) {
      counters.add('points_lost', 'otlp_serializer', points);
      settle(false);
      return;
    }
    const part = withExemplars(bytes, metrics, protocol);
    if (this.#batch.bytes + part.length > maxRequestBytes) await this.flush();
    this.#batch.parts.push(part);
    this.#batch.settlements.push(settle);
    this.#batch.bytes += part.length;
    this.#batch.points += points;
  }

  /** Waits for the work given, without pauses between attempts, and cuts it off at the deadline. */
  finish(work: Promise<unknown>, deadlineMs: number): Promise<void> {
    return this.#delivery.finish(work, deadlineMs);
  }
}

/** Metrics one after the other, in pieces that are not too large unless one metric is. */
function piecesOf(metrics: readonly MetricData[]): readonly MetricData[][] {
  const pieces: MetricData[][] = [];
  for (const metric of metrics) {
    const last = pieces.at(-1);
    if (last !== undefined && pointsIn([...last, metric]) <= maxPoints) last.push(metric);
    else pieces.push([metric]);
  }
  return pieces;
}

function pointsIn(metrics: readonly MetricData[]): number {
  return metrics.reduce((sum, { dataPoints }) => sum + dataPoints.length, 0);
}

function emptyBatch(): Batch {
  return { parts: [], settlements: [], bytes: 0, points: 0 };
}
