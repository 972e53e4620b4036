import { randomFillSync } from 'node:crypto';

/** Random bytes are drawn by the page: a call for each id would cost more than the rest of the span. */
const pool = Buffer.allocUnsafe(8192);
let used = pool.length;

export function newTraceId(): string {
  return randomHex(16);
}

export function newSpanId(): string {
  return randomHex(8);
}

/** All zeros is the one value that means "no id"; it is drawn again. */
function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const hex = pool.toString('hex', used, used + bytes);
  used += bytes;
  return /[^0]/.test(hex) ? hex : randomHex(bytes);
}
