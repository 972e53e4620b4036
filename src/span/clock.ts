/**
 * Monotonic to wall time. The offset changes when the wall clock is set, so its owner reads it anew now and then; until
 * it is told, milliseconds have to do.
 */
let offsetNs = 0n;
let offsetLow = 0;
let offsetHigh = 0;
setClockOffset(BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint());

/** CLOCK_REALTIME minus CLOCK_MONOTONIC. */
export function setClockOffset(ns: bigint): void {
  offsetNs = ns;
  offsetLow = Number(BigInt.asUintN(32, ns));
  offsetHigh = Number(BigInt.asUintN(32, ns >> 32n));
}

/** Wall time in ns since the epoch of an instant of CLOCK_MONOTONIC. */
export function wallNs(monotonicNs: number): bigint {
  return BigInt(Math.round(monotonicNs)) + offsetNs;
}

const word = 2 ** 32;

/** The same as two words of 32 bits, the low one first: without a BigInt, for who writes many. */
export function wallWords(monotonicNs: number): readonly [low: number, high: number] {
  const ns = Math.round(monotonicNs);
  const low = (ns % word) + offsetLow;
  const carry = low >= word ? 1 : 0;
  return [low >>> 0, (Math.floor(ns / word) + offsetHigh + carry) >>> 0];
}

/** The present instant of CLOCK_MONOTONIC in ns. */
export function monotonicNs(): number {
  return Number(process.hrtime.bigint());
}
