import type { EventSource, ProcessEvent, TargetMap, Wanted } from '../../src/discover/events.ts';

/** The kernel side of discovery without a kernel: events are given by hand, the tables can be looked at. */
export class FakeKernel implements EventSource, TargetMap {
  readonly targets = new Set<number>();
  readonly holders = new Set<number>();
  readonly unprobed = new Set<number>();
  wanted: Wanted | undefined;
  lostEvents = 0;
  pids: ReadonlyMap<number, number> | undefined;
  #onEvents: ((events: readonly ProcessEvent[]) => void) | undefined;

  start(onEvents: (events: readonly ProcessEvent[]) => void): void {
    this.#onEvents = onEvents;
  }

  stop(): void {
    this.#onEvents = undefined;
  }

  lost(): number {
    return this.lostEvents;
  }

  hostPids(): ReadonlyMap<number, number> | undefined {
    return this.pids;
  }

  watch(wanted: Wanted): void {
    this.wanted = wanted;
  }

  add(hostPid: number, isProbed = true): void {
    this.holders.delete(hostPid);
    this.targets.add(hostPid);
    if (isProbed) this.unprobed.delete(hostPid);
    else this.unprobed.add(hostPid);
  }

  remove(hostPid: number): void {
    this.holders.delete(hostPid);
    this.targets.delete(hostPid);
  }

  hold(hostPid: number): void {
    this.targets.delete(hostPid);
    this.holders.add(hostPid);
  }

  /** Adopts as the kernel programs do, then tells. */
  tell(...events: (Partial<ProcessEvent> & Pick<ProcessEvent, 'kind' | 'pid'>)[]): void {
    const whole = events.map((event) => ({
      hostPid: event.pid,
      parent: 1,
      startTicks: 5000,
      port: 0,
      name: 'program',
      ...event,
    }));
    for (const { kind, hostPid } of whole) {
      if (kind === 'exit') this.targets.delete(hostPid);
      else this.targets.add(hostPid);
    }
    this.#onEvents?.(whole);
  }
}
