/** What the kernel tells about processes, in the order in which it happened. */
export interface ProcessEvent {
  /** `child`: started before by one that listens now. */
  readonly kind: 'exec' | 'fork' | 'exit' | 'listen' | 'child';
  /** As the proc file system numbers it; 0 when it is not visible there. */
  readonly pid: number;
  readonly hostPid: number;
  readonly parent: number;
  readonly startTicks: number;
  /** Of `listen`; 0 = one that the kernel has yet to choose. */
  readonly port: number;
  readonly name: string;
}

/** What user space wants to hear of. */
export interface Wanted {
  /** A bit for each of the 65536 ports, 64 to a word. */
  readonly ports: BigUint64Array;
  /** Every process that executes something. */
  readonly exec: boolean;
}

/** Kernel side of discovery, events. */
export interface EventSource {
  /** Everything that happens after this has returned is told. */
  start(onEvents: (events: readonly ProcessEvent[]) => void): void;
  stop(): void;
  /** How many events found no room so far. */
  lost(): number;
  /** Host pid of each process by its visible pid; undefined when they are the same. */
  hostPids(): ReadonlyMap<number, number> | undefined;
}

/** Kernel side of discovery, settings. Pids are host pids. */
export interface TargetMap {
  watch(wanted: Wanted): void;
  /** Captured from now on, or rightly so when the kernel has adopted it; `isProbed`: also by probes in its files. */
  add(hostPid: number, isProbed?: boolean): void;
  remove(hostPid: number): void;
  /** Not captured, but what it forks or becomes is adopted; `add` and `remove` end that. */
  hold(hostPid: number): void;
}
