import { type DeliveryOptions, OtlpDelivery } from './otlp-delivery.ts';
import { joined, maxRequestBytes } from './otlp-encoding.ts';
import { METRICS } from './otlp-fields.ts';
import { type OtlpMetric, writeMetric } from './otlp-metric.ts';
import { messageWriter, OtlpRequest } from './otlp-request.ts';
import type { Resource } from './otlp-resource.ts';

/** So many points stay below that, whatever their attributes are. */
const maxPoints = 4_000;

/** The metrics of one resource at one moment. */
export interface ResourcePoints {
  readonly resource: Resource;
  /** Instrumentation scope, where it is not that of the product. */
  readonly scope?: string | undefined;
  readonly metrics: readonly OtlpMetric[];
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
    const body = joined(parts, this.#options.endpoint.protocol, METRICS.resources.name);
    const isTaken = await this.#delivery.send(body, points, this.isLast ? points : 0);
    for (const settle of settlements) settle(isTaken);
  }

  async #add({ resource, scope, metrics }: ResourcePoints, settle: (isTaken: boolean) => void): Promise<void> {
    const request = new OtlpRequest(messageWriter(this.#options.endpoint.protocol), METRICS, resource, scope);
    for (const metric of metrics) {
      writeMetric(request, metric);
      request.items += metric.points.length;
    }
    const part = request.close();
    if (this.#batch.bytes + part.length > maxRequestBytes) await this.flush();
    this.#batch.parts.push(part);
    this.#batch.settlements.push(settle);
    this.#batch.bytes += part.length;
    this.#batch.points += request.items;
  }

  /** Waits for the work given, without pauses between attempts, and cuts it off at the deadline. */
  finish(work: Promise<unknown>, deadlineMs: number): Promise<void> {
    return this.#delivery.finish(work, deadlineMs);
  }
}

/** Metrics one after the other, in pieces that are not too large unless one metric is. */
function piecesOf(metrics: readonly OtlpMetric[]): readonly OtlpMetric[][] {
  const pieces: OtlpMetric[][] = [];
  for (const metric of metrics) {
    const last = pieces.at(-1);
    if (last !== undefined && pointsIn([...last, metric]) <= maxPoints) last.push(metric);
    else pieces.push([metric]);
  }
  return pieces;
}

function pointsIn(metrics: readonly OtlpMetric[]): number {
  return metrics.reduce((sum, { points }) => sum + points.length, 0);
}

function emptyBatch(): Batch {
  return { parts: [], settlements: [], bytes: 0, points: 0 };
}
