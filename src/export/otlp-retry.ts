import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../lib/backoff.ts';
import type { Delivery, OtlpTransport } from './otlp-transport.ts';

export interface RetryOptions {
  readonly initialMs: number;
  readonly maxMs: number;
  /** After this long the request is given up. */
  readonly maxElapsedMs: number;
}

/** With the spread of pauses, a receiver that is back waits no longer than 10 s for data. */
export const defaultRetry: RetryOptions = { initialMs: 5_000, maxMs: 5_000, maxElapsedMs: 300_000 };

export interface RetryingTransport {
  /** Settles with `sent` or `rejected`; `retry` means that time ran out. `onFailure` is told of each failed attempt. */
  send(body: Uint8Array, onFailure: (delivery: Delivery) => void): Promise<Delivery>;
  /** From now on each request has one attempt; a pause between two ends at once. */
  hurry(): void;
  /** Ends what is under way. */
  abort(): void;
}

export function retrying(transport: OtlpTransport, options: RetryOptions): RetryingTransport {
  const hurried = new AbortController();
  const aborted = new AbortController();
  return {
    async send(body, onFailure) {
      const giveUpAt = performance.now() + options.maxElapsedMs;
      for (let retry = 1; ; retry++) {
        const isLast = hurried.signal.aborted;
        const delivery = await transport.send(body, aborted.signal);
        if (delivery.is !== 'sent') onFailure(delivery);
        if (delivery.is !== 'retry' || isLast || aborted.signal.aborted) return delivery;
        const pauseMs = delivery.afterMs ?? backoffMs(retry, options);
        if (performance.now() + pauseMs > giveUpAt) return delivery;
        await pause(pauseMs, hurried.signal);
      }
    },
    hurry: () => hurried.abort(),
    abort: () => {
      hurried.abort();
      aborted.abort();
      transport.close();
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    // hurried: the next attempt is due now
  }
}
