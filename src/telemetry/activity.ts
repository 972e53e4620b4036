import type { InternalValue } from './internal.ts';

export interface Seen {
  requests: number;
  lastMs: number;
}

interface Told {
  readonly service: { readonly name: string; readonly namespace: string; readonly pid: number };
}

/** Services beyond these are not told apart: names may come from outside. */
const maxServices = 2000;

/** How many exchanges each process and each service had, and when the last one was. */
export class Activity {
  readonly #byPid = new Map<number, Seen>();
  readonly #byService = new Map<string, Seen>();

  record(spans: readonly Told[], nowMs = Date.now()): void {
    for (const { service } of spans) {
      count(this.#byPid, service.pid, nowMs);
      const key = `${service.namespace}\0${service.name}`;
      if (this.#byService.has(key) || this.#byService.size < maxServices) count(this.#byService, key, nowMs);
    }
  }

  of(pid: number): Readonly<Seen> | undefined {
    return this.#byPid.get(pid);
  }

  /** The process is gone; its service may have others. */
  forget(pid: number): void {
    this.#byPid.delete(pid);
  }

  *requests(): Iterable<InternalValue> {
    for (const [key, { requests }] of this.#byService) yield { labels: labelsOf(key), value: requests };
  }

  *lastSeconds(): Iterable<InternalValue> {
    for (const [key, { lastMs }] of this.#byService) yield { labels: labelsOf(key), value: lastMs / 1000 };
  }
}

function count<K>(map: Map<K, Seen>, key: K, nowMs: number): void {
  const seen = map.get(key);
  if (seen === undefined) map.set(key, { requests: 1, lastMs: nowMs });
  else {
    seen.requests++;
    seen.lastMs = nowMs;
  }
}

function labelsOf(key: string): Readonly<Record<string, string>> {
  const [namespace = '', name = ''] = key.split('\0');
  return { service_name: name, service_namespace: namespace };
}
