/** First in, first out, up to a weight; what does not fit is refused, so the newest is what is lost. */
export class BoundedQueue<T> {
  readonly #maxWeight: number;
  #items: { readonly item: T; readonly weight: number }[] = [];
  #weight = 0;

  constructor(maxWeight: number) {
    this.#maxWeight = maxWeight;
  }

  get weight(): number {
    return this.#weight;
  }

  get room(): number {
    return Math.max(this.#maxWeight - this.#weight, 0);
  }

  /** How full it is with so much more, from 0 to 1. */
  ratioWith(more: number): number {
    return this.#maxWeight > 0 ? Math.min((this.#weight + more) / this.#maxWeight, 1) : 0;
  }

  push(item: T, weight: number): void {
    this.#items.push({ item, weight });
    this.#weight += weight;
  }

  /** Takes from the front until the weight is reached; at least one item, if there is one. */
  take(maxWeight: number): { readonly items: readonly T[]; readonly weight: number } {
    let count = 0;
    let weight = 0;
    for (const next of this.#items) {
      if (count > 0 && weight + next.weight > maxWeight) break;
      weight += next.weight;
      count++;
    }
    const items = this.#items.splice(0, count).map(({ item }) => item);
    this.#weight -= weight;
    return { items, weight };
  }
}
