/**
 * Monotonic to wall time. The offset changes when the wall clock is set, so its owner reads it anew now and then; until
 * it is told, milliseconds have to do.
 */
let offsetNs = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();

/** CLOCK_REALTIME minus CLOCK_MONOTONIC. */
export function setClockOffset(ns: bigint): void {
  offsetNs = ns;
}

/** Wall time in ns since the epoch of an instant of CLOCK_MONOTONIC. */
export function wallNs(monotonicNs: number): bigint {
  return BigInt(Math.round(monotonicNs)) + offsetNs;
}

/** The present instant of CLOCK_MONOTONIC in ns. */
export function monotonicNs(): number {
  return Number(process.hrtime.bigint());
}
