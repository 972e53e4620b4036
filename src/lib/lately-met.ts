/** So many are compared. */
const size = 4;

interface HasValues {
  readonly values: readonly unknown[];
}

/**
 * The few that were asked for last, told apart by their values. The next one asked for is most often among them, and comparing
 * values costs less than making a key of them.
 */
export class LatelyMet<T extends HasValues> {
  readonly #ones: T[] = [];

  get(values: readonly unknown[]): T | undefined {
    for (const one of this.#ones) if (hasValues(one, values)) return one;
    return undefined;
  }

  add(one: T): void {
    if (this.#ones.length >= size) this.#ones.pop();
    this.#ones.unshift(one);
  }

  clear(): void {
    this.#ones.length = 0;
  }
}

export function hasValues({ values }: HasValues, others: readonly unknown[]): boolean {
  if (values.length !== others.length) return false;
  for (let i = 0; i < values.length; i++) if (values[i] !== others[i]) return false;
  return true;
}

/** Where all of them are looked for: a number and the same as text are one key. */
export function keyOf(values: readonly unknown[]): string {
  return values.join('\u0000');
}
