/** Numbers below 2^32 that are the same in every run: https://en.wikipedia.org/wiki/Xorshift */
export function* randomNumbers(seed: number): Generator<number, never> {
  let x = seed >>> 0 || 1;
  for (;;) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    yield x;
  }
}

/** Latin-1 text of random bytes. */
export function randomBytes(numbers: Generator<number, never>, length: number): string {
  return Array.from({ length }, () => String.fromCharCode(numbers.next().value & 255)).join('');
}
