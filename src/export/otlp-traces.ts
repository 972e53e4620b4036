import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { Select } from '../metrics/selection.ts';
import { BoundedQueue } from '../pipeline/bounded-queue.ts';
import type { Service } from '../span/service.ts';
import type { Span } from '../span/span.ts';
import { counters } from '../telemetry/counters.ts';
import { internals } from '../telemetry/internal.ts';
import { log } from '../telemetry/log.ts';
import { type Exporter, hasSpanMetrics, type LiveExportOptions, type SamplerSettings } from './exporter.ts';
import { NotableTraces } from './notable-traces.ts';
import { type DeliveryOptions, OtlpDelivery } from './otlp-delivery.ts';
import { joined, requestsOf } from './otlp-encoding.ts';
import { otlpEndpoint } from './otlp-endpoint.ts';
import { RepeatedSpans } from './otlp-repeated.ts';
import { OtlpResources, SPAN_METRICS_SKIP } from './otlp-resource.ts';
import type { TraceSerializer } from './otlp-serializers.ts';
import { type ShownAttributes, spansOf } from './otlp-span.ts';
import type { Sink } from './sink.ts';
import { stdoutSink } from './stdout.ts';
import { hiddenResourceAttributes, hiddenSpanAttributes } from './trace-attributes.ts';
import { type Sampler, samplerNamed, samplerOf } from './trace-sampler.ts';

export interface OtlpTracesOptions extends DeliveryOptions {
  /** Values of the `instrumentations` setting. */
  readonly instrumentations: readonly string[];
  readonly sampler: SamplerSettings;
  readonly batchMaxSize: number;
  readonly batchTimeoutMs: number;
  /** Spans that may wait; what comes beyond is dropped and counted. */
  readonly queueSize: number;
  readonly select: Select;
  /** Tells readers that span metrics are made here, so that they do not make them again. */
  readonly hasSpanMetrics: boolean;
  readonly closeMs: number;
}

/**
 * Spans are serialized in pieces of this many as they come: no long stall, and bytes instead of objects in the queue. Few
 * enough that the objects never outlive the young generation.
 */
export const pieceSize = 32;

/** Of those that are like others before them, so many are kept in one place: each copy of bytes is memory to be collected. */
const repeatedBytes = 960 * 1024;

/** Serialized spans, and how many of them. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly spans: number;
  /** To be called when the bytes are of no more use. */
  readonly done?: () => void;
}

export function otlpTracesSink(options: OtlpTracesOptions): Sink {
  return new OtlpTraces(options);
}

class OtlpTraces implements Sink {
  readonly name = 'otlp traces';
  readonly #options: OtlpTracesOptions;
  readonly #delivery: OtlpDelivery;
  readonly #instrumentations: ReadonlySet<string> | undefined;
  #resources!: OtlpResources;
  #isSampled!: Sampler;
  #notable: NotableTraces | undefined;
  readonly #ownSamplers = new WeakMap<object, Sampler>();
  #shown!: ShownAttributes;
  readonly #queue: BoundedQueue<Piece>;
  #serializer: TraceSerializer | undefined;
  /** Undefined where what is written cannot be taken apart. */
  #repeated: RepeatedSpans | undefined;
  #piece: ReadableSpan[] = [];
  /** Spans in the piece, their children not counted. */
  #pieceSpans = 0;
  /** Those that are like others before them: bytes already. */
  #repeatedSpans = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;
  #isStopping = false;
  readonly #withdrawRatio: () => void;

  constructor(options: OtlpTracesOptions) {
    this.#options = options;
    this.#delivery = new OtlpDelivery('traces', options);
    this.#queue = new BoundedQueue(options.queueSize);
    const labels = { subscriber: this.name };
    this.#withdrawRatio = internals.provide('queue_capacity_ratio', () => [
      { labels, value: this.#queue.ratioWith(this.#unqueued) },
    ]);
    this.#instrumentations = options.instrumentations.includes('*') ? undefined : new Set(options.instrumentations);
    this.reconfigure(options);
  }

  reconfigure({ select, sampler }: Pick<LiveExportOptions, 'select' | 'sampler'>): void {
    const { hasSpanMetrics } = this.#options;
    const mark = hasSpanMetrics ? { [SPAN_METRICS_SKIP]: true } : {};
    this.#resources = new OtlpResources(mark, hiddenResourceAttributes(select));
    this.#shown = { hides: hiddenSpanAttributes(select), hasSpanMetrics };
    this.#isSampled = samplerOf(sampler);
    const { keepErrors: errors = false, keepSlowerThanMs: slowerThanMs = 0 } = sampler;
    this.#notable = errors || slowerThanMs > 0 ? new NotableTraces({ errors, slowerThanMs }) : undefined;
  }

  async start(): Promise<void> {
    const { serializers } = await import('./otlp-serializers.ts');
    const { protocol } = this.#options.endpoint;
    const serializer = serializers.traces[protocol];
    this.#serializer = serializer;
    if (protocol !== 'http/json') this.#repeated = new RepeatedSpans((spans) => serializer.serializeRequest(spans));
  }

  write(spans: readonly Span[]): void {
    for (const span of spans) {
      if (!this.#isWanted(span)) continue;
      if (this.#samplerOf(span.service)(span)) this.#enqueue(span);
      else for (const kept of this.#notable?.take(span) ?? []) this.#enqueue(kept);
    }
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#withdrawRatio();
    clearTimeout(this.#timer);
    this.#serialize();
    this.#takeRepeated();
    await this.#delivery.finish(this.#sendAll(), this.#options.closeMs);
    const { weight } = this.#queue.take(Number.POSITIVE_INFINITY);
    if (weight > 0) counters.add('spans_lost', 'otlp_shutdown', weight);
  }

  #enqueue(span: Span): void {
    if (this.#unqueued >= this.#queue.room) {
      counters.add('spans_lost', 'otlp_queue_full');
      return;
    }
    span.isExported = true;
    const resource = this.#resources.of(span.service);
    const { batchMaxSize } = this.#options;
    const made = () => spansOf(span, resource, this.#shown);
    if (this.#repeated?.add(span, resource, made) === true) {
      if (++this.#repeatedSpans >= batchMaxSize || this.#repeated.bytes >= repeatedBytes) this.#takeRepeated();
      return;
    }
    this.#piece.push(...made());
    if (++this.#pieceSpans >= Math.min(pieceSize, batchMaxSize)) this.#serialize();
  }

  /** Spans that are not in the queue yet. */
  get #unqueued(): number {
    return this.#pieceSpans + this.#repeatedSpans;
  }

  #isWanted({ ignored, service, instrumentation }: Span): boolean {
    if (ignored.traces || !service.exports.traces) return false;
    return this.#instrumentations?.has(instrumentation) ?? true;
  }

  #samplerOf({ sampler }: Service): Sampler {
    if (sampler === undefined) return this.#isSampled;
    const own = this.#ownSamplers.get(sampler) ?? samplerOf(samplerNamed(sampler));
    this.#ownSamplers.set(sampler, own);
    return own;
  }

  #schedule(): void {
    const waiting = this.#queue.weight + this.#unqueued;
    if (this.#isStopping || this.#sending !== undefined || waiting === 0) return;
    if (waiting >= this.#options.batchMaxSize) {
      this.#flush();
      return;
    }
    this.#timer ??= setTimeout(() => this.#flush(), this.#options.batchTimeoutMs);
  }

  /** One request is under way at a time; what comes meanwhile waits in the queue. */
  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#serialize();
    this.#takeRepeated();
    this.#sending = this.#sendOne().finally(() => {
      this.#sending = undefined;
      this.#schedule();
    });
  }

  async #sendOne(): Promise<void> {
    const { items, weight } = this.#queue.take(this.#options.batchMaxSize);
    if (weight === 0) return;
    for (const pieces of requestsOf(items)) {
      const all = pieces.map(({ bytes }) => bytes);
      const spans = pieces.reduce((sum, piece) => sum + piece.spans, 0);
      await this.#delivery.send(joined(all, this.#options.endpoint.protocol, 'resourceSpans'), spans);
      for (const piece of pieces) piece.done?.();
    }
  }

  async #sendAll(): Promise<void> {
    await this.#sending;
    while (this.#queue.weight > 0) await this.#sendOne();
  }

  #serialize(): void {
    if (this.#pieceSpans === 0) return;
    const bytes = this.#serializer?.serializeRequest(this.#piece);
    if (bytes === undefined) counters.add('spans_lost', 'otlp_serializer', this.#pieceSpans);
    else this.#queue.push({ bytes, spans: this.#pieceSpans }, this.#pieceSpans);
    this.#piece = [];
    this.#pieceSpans = 0;
  }

  #takeRepeated(): void {
    if (this.#repeated === undefined || this.#repeatedSpans === 0) return;
    this.#queue.push({ ...this.#repeated.take(), spans: this.#repeatedSpans }, this.#repeatedSpans);
    this.#repeatedSpans = 0;
  }
}

/** A bad endpoint turns traces off; the agent goes on, for its metrics are still worth having. */
export const otlpTracesExporter: Exporter = {
  name: 'otlp traces',
  needsIds: true,
  open(options) {
    const { otlpTraces, select, closeMs } = options;
    if (otlpTraces === undefined) return undefined;
    if (otlpTraces.target.protocol === 'debug') return stdoutSink({ format: 'text', vintage: 'current', closeMs });
    const endpoint = otlpEndpoint('traces', otlpTraces.target, (why) => log.error('traces are not exported', { why }));
    if (endpoint === undefined) return undefined;
    return otlpTracesSink({ ...otlpTraces, endpoint, select, closeMs, hasSpanMetrics: hasSpanMetrics(options) });
  },
};
