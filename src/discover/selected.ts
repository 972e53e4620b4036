import type { Service } from '../span/service.ts';
import type { Process } from './process.ts';
import { Recent } from './recent.ts';
import type { Overrides, Rule } from './rules.ts';
import type { Inheritance } from './select.ts';

/** A process that is captured. Replaced as a whole when something of it changes. */
export interface Selected {
  readonly process: Process;
  readonly service: Service;
  readonly rules: readonly Rule[];
  /** What the rules say together. */
  readonly overrides: Overrides;
  /** Which rule matched, or whose child it is. */
  readonly reason: string;
  readonly inheritance: Inheritance | undefined;
}

/** Called one by one, in the order of what happened. */
export interface Listener {
  onSelected(selected: Selected): void;
  /** Its service, rules or language are others now; the process is the same. */
  onChanged(selected: Selected, before: Selected): void;
  /** It ended, executes something else, or is no longer wanted. */
  onGone(selected: Selected): void;
}

const keepGoneMs = 10_000;
const maxGone = 1024;

/** The processes that are captured, by both of their numbers, and those that were until a moment ago. */
export class SelectedProcesses {
  readonly #byPid = new Map<number, Selected>();
  readonly #pidOfHostPid = new Map<number, number>();
  readonly #gone = new Recent<number, Selected>(keepGoneMs, maxGone);

  get(pid: number): Selected | undefined {
    return this.#byPid.get(pid);
  }

  byHostPid(hostPid: number): Selected | undefined {
    return this.#byPid.get(this.#pidOfHostPid.get(hostPid) ?? 0);
  }

  /** Records of a process may still be on their way when it has ended. */
  presentOrPast(hostPid: number): Selected | undefined {
    return this.byHostPid(hostPid) ?? this.#gone.get(hostPid);
  }

  set(selected: Selected): void {
    this.#byPid.set(selected.process.pid, selected);
    this.#pidOfHostPid.set(selected.process.hostPid, selected.process.pid);
  }

  delete(selected: Selected): void {
    const { pid, hostPid } = selected.process;
    this.#byPid.delete(pid);
    this.#pidOfHostPid.delete(hostPid);
    this.#gone.add(hostPid, selected);
  }

  all(): Selected[] {
    return [...this.#byPid.values()];
  }
}
