import type { InternalValue } from './internal.ts';

export interface Seen {
  requests: number;
  lastMs: number;
}

interface Teller {
  readonly name: string;
  readonly namespace: string;
  readonly pid: number;
}

/** Services beyond these are not told apart: names may come from outside. */
const maxServices = 2000;

/** How many exchanges each process and each service had, and when the last one was. */
export class Activity {
  readonly #byPid = new Map<number, Seen>();
  readonly #byService = new Map<string, Seen>();
  /** Where the exchanges of each are counted, so that it is looked up once. */
  #counts = new WeakMap<Teller, readonly Seen[]>();

  record(spans: readonly { readonly service: Teller }[], nowMs = Date.now()): void {
    for (const { service } of spans) {
      for (const seen of this.#counts.get(service) ?? this.#countsOf(service)) {
        seen.requests++;
        seen.lastMs = nowMs;
      }
    }
  }

  of(pid: number): Readonly<Seen> | undefined {
    return this.#byPid.get(pid);
  }

  /** The process is gone; its service may have others. */
  forget(pid: number): void {
    this.#byPid.delete(pid);
    this.#counts = new WeakMap();
  }

  #countsOf(service: Teller): readonly Seen[] {
    const key = `${service.namespace}\0${service.name}`;
    const hasRoom = this.#byService.has(key) || this.#byService.size < maxServices;
    const counts = [entryOf(this.#byPid, service.pid), ...(hasRoom ? [entryOf(this.#byService, key)] : [])];
    this.#counts.set(service, counts);
    return counts;
  }

  *requests(): Iterable<InternalValue> {
    for (const [key, { requests }] of this.#byService) yield { labels: labelsOf(key), value: requests };
  }

  *lastSeconds(): Iterable<InternalValue> {
    for (const [key, { lastMs }] of this.#byService) yield { labels: labelsOf(key), value: lastMs / 1000 };
  }
}

function entryOf<K>(map: Map<K, Seen>, key: K): Seen {
  const seen = map.get(key) ?? { requests: 0, lastMs: 0 };
  map.set(key, seen);
  return seen;
}

function labelsOf(key: string): Readonly<Record<string, string>> {
  const [namespace = '', name = ''] = key.split('\0');
  return { service_name: name, service_namespace: namespace };
}
