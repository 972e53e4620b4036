/** How fine an exponential histogram is at most: its window of buckets, and the scale that it begins with. */
export interface ExponentialShape {
  readonly maxSize: number;
  /** A bucket is 2^(2^-scale) times as wide as the one before. */
  readonly maxScale: number;
}

/**
 * Counts in buckets whose width grows with the value: https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
 * Bucket i holds what is above base^i and not above base^(i+1). When the values reach too far for the window, two buckets
 * become one, as often as it takes.
 */
export class ExponentialHistogram {
  readonly #maxSize: number;
  #scale: number;
  #factor: number;
  zeroCount = 0;
  /** Index of the first of `counts`. */
  offset = 0;
  counts: number[] = [];

  constructor({ maxSize, maxScale }: ExponentialShape) {
    this.#maxSize = maxSize;
    this.#scale = maxScale;
    this.#factor = 2 ** maxScale;
  }

  get scale(): number {
    return this.#scale;
  }

  add(value: number, count = 1): void {
    if (value > 0) this.#addAt(Math.ceil(Math.log2(value) * this.#factor) - 1, count);
    else this.zeroCount += count;
  }

  /** Adds, or with the sign -1 takes away, what another one of the same shape counted. */
  absorb(other: ExponentialHistogram, sign: 1 | -1 = 1): void {
    if (this.#scale > other.#scale) this.#halve(this.#scale - other.#scale);
    this.zeroCount += sign * other.zeroCount;
    for (const [i, count] of other.counts.entries()) {
      if (count !== 0) this.#addAt((other.offset + i) >> (other.#scale - this.#scale), sign * count);
    }
  }

  clone(): ExponentialHistogram {
    const copy = new ExponentialHistogram({ maxSize: this.#maxSize, maxScale: this.#scale });
    copy.zeroCount = this.zeroCount;
    copy.offset = this.offset;
    copy.counts = [...this.counts];
    return copy;
  }

  #addAt(wanted: number, count: number): void {
    const { counts } = this;
    if (counts.length === 0) this.offset = wanted;
    const times = this.#halvingsFor(wanted);
    if (times > 0) this.#halve(times);
    const index = wanted >> times;
    while (index < this.offset) {
      this.counts.unshift(0);
      this.offset--;
    }
    while (index >= this.offset + this.counts.length) this.counts.push(0);
    this.counts[index - this.offset] = (this.counts[index - this.offset] as number) + count;
  }

  /** How often two buckets must become one until the index is within the window. */
  #halvingsFor(index: number): number {
    let low = Math.min(index, this.offset);
    let high = Math.max(index, this.offset + this.counts.length - 1);
    let times = 0;
    for (; high - low >= this.#maxSize; times++) {
      low >>= 1;
      high >>= 1;
    }
    return times;
  }

  #halve(times: number): void {
    const { counts, offset } = this;
    this.#scale -= times;
    this.#factor = 2 ** this.#scale;
    this.offset = offset >> times;
    this.counts = [];
    for (const [i, count] of counts.entries()) {
      const at = ((offset + i) >> times) - this.offset;
      this.counts[at] = (this.counts[at] ?? 0) + count;
    }
  }
}
