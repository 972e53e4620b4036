import type { InternalValue } from './internal.ts';

/** Counts values by the bounds that they stay below or meet. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;
  #count = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    this.#sum += value;
    this.#count++;
    const at = this.#bounds.findIndex((bound) => value <= bound);
    if (at >= 0) this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  *values(): Iterable<InternalValue> {
    let below = 0;
    for (const [i, bound] of this.#bounds.entries()) {
      below += this.#counts[i] ?? 0;
      yield { suffix: '_bucket', labels: { le: `${bound}` }, value: below };
    }
    yield { suffix: '_bucket', labels: { le: '+Inf' }, value: this.#count };
    yield { suffix: '_sum', labels: {}, value: this.#sum };
    yield { suffix: '_count', labels: {}, value: this.#count };
  }
}
