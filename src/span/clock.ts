/**
 * Monotonic to wall time. The offset is read anew now and then because NTP moves the wall clock; both clocks are read
 * close together, and the pair with the smallest gap between two monotonic reads wins.
 */
const readings = 5;

let offsetNs = 0n;

export function syncClock(): void {
  let best = 1n << 62n;
  for (let i = 0; i < readings; i++) {
    const before = process.hrtime.bigint();
    const wallNs = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e3)) * 1000n;
    const gap = process.hrtime.bigint() - before;
    if (gap < best) {
      best = gap;
      offsetNs = wallNs - before - gap / 2n;
    }
  }
}

/** Wall time in ns since the epoch of an instant of CLOCK_MONOTONIC. */
export function wallNs(monotonicNs: number): bigint {
  return BigInt(Math.round(monotonicNs)) + offsetNs;
}

/** The present instant of CLOCK_MONOTONIC in ns. */
export function monotonicNs(): number {
  return Number(process.hrtime.bigint());
}

syncClock();
