import {
  type IExportMetricsServiceResponse,
  JsonMetricsSerializer,
  ProtobufMetricsSerializer,
} from '@opentelemetry/otlp-transformer';
import type { Resource } from '@opentelemetry/resources';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import { counters } from '../telemetry/counters.ts';
import { type DeliveryOptions, OtlpDelivery, type PartialSuccess } from './otlp-delivery.ts';
import { joined, maxRequestBytes } from './otlp-encoding.ts';
import { scope } from './otlp-resource.ts';

/** So many points stay below that, whatever their attributes are. */
const maxPoints = 4_000;

/** The metrics of one resource at one moment. */
export interface ResourcePoints {
  readonly resource: Resource;
  readonly metrics: MetricData[];
  /** Called when the receiver has them all. */
  readonly delivered?: () => void;
}

interface Batch {
  readonly parts: Uint8Array[];
  readonly confirmations: (() => void)[];
  bytes: number;
  points: number;
}

/** Gathers the metrics of many resources into few requests, and delivers these. */
export class OtlpMetricsRequests {
  readonly #options: DeliveryOptions;
  readonly #serializer: typeof ProtobufMetricsSerializer;
  readonly #delivery: OtlpDelivery<IExportMetricsServiceResponse>;
  #batch = emptyBatch();

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#serializer = options.endpoint.protocol === 'http/json' ? JsonMetricsSerializer : ProtobufMetricsSerializer;
    this.#delivery = new OtlpDelivery('metrics', options, this.#serializer, partialOf);
  }

  /** Waits only when a request is full and goes out first. */
  async add({ resource, metrics, delivered = () => {} }: ResourcePoints): Promise<void> {
    const pieces = piecesOf(metrics);
    let missing = pieces.length;
    for (const piece of pieces) {
      await this.#add(resource, piece, () => {
        if (--missing === 0) delivered();
      });
    }
  }

  async flush(): Promise<void> {
    const { parts, points, confirmations } = this.#batch;
    this.#batch = emptyBatch();
    if (parts.length === 0) return;
    const isTaken = await this.#delivery.send(
      joined(parts, this.#options.endpoint.protocol, 'resourceMetrics'),
      points,
    );
    if (isTaken) for (const confirm of confirmations) confirm();
  }

  async #add(resource: Resource, metrics: MetricData[], confirm: () => void): Promise<void> {
    const points = pointsIn(metrics);
    const part = this.#serializer.serializeRequest({ resource, scopeMetrics: [{ scope, metrics }] });
    if (part === undefined) {
      counters.add('points_lost', 'otlp_serializer', points);
      return;
    }
    if (this.#batch.bytes + part.length > maxRequestBytes) await this.flush();
    this.#batch.parts.push(part);
    this.#batch.confirmations.push(confirm);
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
  return { parts: [], confirmations: [], bytes: 0, points: 0 };
}

function partialOf({ partialSuccess }: IExportMetricsServiceResponse): PartialSuccess | undefined {
  if (partialSuccess === undefined) return undefined;
  return { rejected: Number(partialSuccess.rejectedDataPoints ?? 0), why: partialSuccess.errorMessage ?? '' };
}
