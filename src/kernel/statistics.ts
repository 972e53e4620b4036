import { readFileSync } from 'node:fs';
import { Histogram } from '../telemetry/histogram.ts';
import type { InternalValue } from '../telemetry/internal.ts';
import { log } from '../telemetry/log.ts';
import type { Addon, BpfMap, BpfObject } from './addon.ts';

/** include/uapi/linux/bpf.h, as far as our objects use them; `hasKeys`: counting them means something. */
const mapTypes: Readonly<Record<number, { readonly name: string; readonly hasKeys: boolean }>> = {
  1: { name: 'Hash', hasKeys: true },
  2: { name: 'Array', hasKeys: false },
  3: { name: 'ProgramArray', hasKeys: false },
  5: { name: 'PerCPUHash', hasKeys: true },
  6: { name: 'PerCPUArray', hasKeys: false },
  9: { name: 'LRUHash', hasKeys: true },
  10: { name: 'LRUCPUHash', hasKeys: true },
  27: { name: 'RingBuf', hasKeys: false },
  29: { name: 'TaskStorage', hasKeys: false },
};

const shortestMs = 100;

interface MapFacts {
  readonly labels: Readonly<Record<string, string>>;
  readonly entries: number | undefined;
  readonly maxEntries: number;
}

/**
 * Lets the kernel measure the run time of programs until closed. It asks for CAP_SYS_ADMIN, more than capturing needs: where that
 * is refused there are no such figures, and it is said once.
 */
export function measureRunTimes(addon: Pick<Addon, 'enableStats'>): { close(): void } | undefined {
  try {
    return addon.enableStats();
  } catch (error) {
    log.info('the cost of the kernel programs is not measured', { error: (error as Error).message });
    return undefined;
  }
}

/** Seconds, as the reference has them. */
const latencyBounds = [1, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000].map((n) => n / 1e7);

/** A program's runs up to the last look, and how long they took. */
interface Runs {
  readonly latencies: Histogram;
  readonly count: number;
  readonly timeNs: number;
}

/** What the kernel measures of our programs and maps. Measuring costs every run of every program: only while it is open. */
export class KernelStatistics {
  readonly #objects: readonly BpfObject[];
  readonly #intervalMs: number;
  readonly #switch: { close(): void } | undefined;
  readonly #runs = new Map<string, Runs>();
  readonly #timer: NodeJS.Timeout;
  #maps: readonly MapFacts[] = [];
  #mapsReadMs = Number.NEGATIVE_INFINITY;

  /** Programs are looked at every `intervalMs`; maps are counted by walking through them, at most once in that time. */
  constructor(addon: Addon, objects: readonly BpfObject[], intervalMs: number) {
    this.#objects = objects;
    this.#intervalMs = intervalMs;
    this.#switch = measureRunTimes(addon);
    this.#timer = setInterval(() => this.#look(), Math.max(intervalMs, shortestMs)).unref();
  }

  *executions(): Iterable<InternalValue> {
    for (const { labels, runCount } of this.#programs()) yield { labels, value: runCount };
  }

  *latencySeconds(): Iterable<InternalValue> {
    for (const { labels, runTimeNs } of this.#programs()) yield { labels, value: runTimeNs / 1e9 };
  }

  /** The kernel knows only sums: all runs between two looks count as one of their mean. */
  *latencies(): Iterable<InternalValue> {
    this.#look();
    for (const { labels } of this.#programs()) {
      const runs = this.#runs.get(labels.probe_id);
      if (runs !== undefined) yield { labels, value: runs.latencies.state() };
    }
  }

  *entries(): Iterable<InternalValue> {
    for (const { labels, entries } of this.#mapFacts()) if (entries !== undefined) yield { labels, value: entries };
  }

  *maxEntries(): Iterable<InternalValue> {
    for (const { labels, maxEntries } of this.#mapFacts()) yield { labels, value: maxEntries };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#switch?.close();
  }

  #look(): void {
    for (const { labels, runCount, runTimeNs } of this.#programs()) {
      const known = this.#runs.get(labels.probe_id) ?? { latencies: new Histogram(latencyBounds), count: 0, timeNs: 0 };
      const more = runCount - known.count;
      if (more > 0) known.latencies.observe((runTimeNs - known.timeNs) / 1e9 / more, more);
      this.#runs.set(labels.probe_id, { ...known, count: runCount, timeNs: runTimeNs });
    }
  }

  *#programs() {
    for (const object of this.#objects) {
      for (const program of object.programs()) {
        const { id, type, runCount, runTimeNs } = object.programInfo(program);
        yield { labels: { probe_id: `${id}`, probe_type: type, probe_name: program }, runCount, runTimeNs };
      }
    }
  }

  #mapFacts(): readonly MapFacts[] {
    const nowMs = performance.now();
    if (nowMs - this.#mapsReadMs < this.#intervalMs) return this.#maps;
    this.#mapsReadMs = nowMs;
    const byId = new Map<string, MapFacts>();
    for (const object of this.#objects) {
      for (const name of object.maps()) {
        const facts = factsOf(object.map(name));
        byId.set(facts.labels['map_id'] ?? '', facts); // objects share maps
      }
    }
    this.#maps = [...byId.values()];
    return this.#maps;
  }
}

/** proc(5) tells of a map's descriptor what no call of the addon does. */
function factsOf(map: BpfMap): MapFacts {
  const info = readFileSync(`/proc/self/fdinfo/${map.fd}`, 'latin1');
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\d+)$`, 'm').exec(info)?.[1] ?? '';
  const type = mapTypes[Number(field('map_type'))];
  return {
    labels: { map_id: field('map_id'), map_name: map.name, map_type: type?.name ?? field('map_type') },
    entries: type?.hasKeys === true ? map.keys().length : undefined,
    maxEntries: map.maxEntries,
  };
}
