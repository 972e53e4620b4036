import { within } from '../lib/within.ts';
import { log } from '../telemetry/log.ts';
import type { Part } from './part.ts';

/** Stops all at once; one that overruns the deadline or fails is named, and the others are not held up by it. */
export async function stopAll(parts: readonly Part[], deadlineMs: number): Promise<void> {
  await Promise.all(parts.map((part) => stopOne(part, deadlineMs)));
}

/** Stops one after the other, the last started first; false when one did not stop as it should. */
export async function stopInReverse(parts: readonly Part[], deadlineMs: number): Promise<boolean> {
  const deadline = performance.now() + deadlineMs;
  let isClean = true;
  for (const part of parts.toReversed()) {
    const isStopped = await stopOne(part, Math.max(deadline - performance.now(), 0));
    isClean &&= isStopped;
  }
  return isClean;
}

async function stopOne(part: Part, deadlineMs: number): Promise<boolean> {
  try {
    const isInTime = await within(part.stop(), deadlineMs);
    if (!isInTime) log.warn('a part did not stop in time', { part: part.name });
    return isInTime;
  } catch (error) {
    log.error('a part failed while stopping', { part: part.name, error: String(error) });
    return false;
  }
}
