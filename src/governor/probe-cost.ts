import type { Addon, BpfObject } from '../kernel/addon.ts';
import { measureRunTimes } from '../kernel/statistics.ts';

export interface ProbeCostOptions {
  readonly addon: Pick<Addon, 'enableStats'>;
  /** Those that are loaded now. */
  readonly objects: () => readonly Pick<BpfObject, 'programs' | 'programInfo'>[];
}

interface Slice {
  readonly statistics: { close(): void };
  readonly runTimeNs: number;
  readonly records: number;
}

/**
 * What the kernel programs cost for each record that they send. The kernel measures them only during short slices, for
 * measuring costs each of their runs something; in between the last slice is held to be typical.
 */
export class ProbeCost {
  readonly #options: ProbeCostOptions;
  #slice: Slice | undefined;
  #isRefused = false;
  /** 0 until a slice had records. */
  nsPerRecord = 0;

  constructor(options: ProbeCostOptions) {
    this.#options = options;
  }

  get isMeasuring(): boolean {
    return this.#slice !== undefined;
  }

  begin(records: number): void {
    if (this.#slice !== undefined || this.#isRefused) return;
    const statistics = measureRunTimes(this.#options.addon);
    this.#isRefused = statistics === undefined;
    if (statistics !== undefined) this.#slice = { statistics, runTimeNs: this.#runTimeNs(), records };
  }

  end(records: number): void {
    if (this.#slice === undefined) return;
    const { statistics, runTimeNs, records: before } = this.#slice;
    this.#slice = undefined;
    statistics.close();
    if (records > before) this.nsPerRecord = (this.#runTimeNs() - runTimeNs) / (records - before);
  }

  #runTimeNs(): number {
    let sum = 0;
    for (const object of this.#options.objects()) {
      for (const program of object.programs()) sum += object.programInfo(program).runTimeNs;
    }
    return sum;
  }
}
