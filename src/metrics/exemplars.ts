import { ownText } from '../lib/own-text.ts';
import type { Span } from '../span/span.ts';

export type ExemplarFilter = 'always_off' | 'trace_based' | 'always_on';

/** One measurement of those that a bucket counts, with the way to its trace. */
export interface Exemplar {
  readonly value: number;
  readonly atMs: number;
  /** Empty when the trace is exported nowhere. */
  readonly traceId: string;
  readonly spanId: string;
}

/** A bucket's exemplar is replaced at most this often: a reader comes far more rarely. */
const staysMs = 1_000;

/** The latest measurement of each bucket, by the bucket's place in the data of its series. */
export class Exemplars {
  readonly #byPlace = new Map<number, Exemplar>();

  offer(place: number, value: number, { isExported, traceId, spanId }: Span, atMs: number): void {
    const known = this.#byPlace.get(place);
    if (known !== undefined && atMs - known.atMs < staysMs) return;
    const ids = isExported ? { traceId: ownText(traceId), spanId: ownText(spanId) } : { traceId: '', spanId: '' };
    this.#byPlace.set(place, { value, atMs, ...ids });
  }

  at(place: number): Exemplar | undefined {
    return this.#byPlace.get(place);
  }
}
