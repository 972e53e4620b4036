import type { Service } from './service.ts';

/** What one instrumented process used up to a moment, and what it is called. */
export interface ProcessSample {
  readonly service: Service;
  readonly pid: number;
  readonly parentPid: number;
  /** The kernel's name of it. */
  readonly command: string;
  /** The command line, word by word. */
  readonly words: readonly string[];
  readonly executable: string;
  /** Name of the user, `-` when it is not known. */
  readonly owner: string;
  /** With the pid its identity. */
  readonly startTicks: number;
  readonly createdMs: number;
  readonly atMs: number;
  /** `wait` is the time of its ended children, as the reference counts it. */
  readonly cpuSeconds: { readonly user: number; readonly system: number; readonly wait: number };
  readonly residentBytes: number;
  readonly virtualBytes: number;
  /** What went to and came from storage; undefined when it may not be seen. */
  readonly disk: { readonly read: number; readonly write: number } | undefined;
  /** What all interfaces of its network namespace carried: the kernel does not tell it by process. */
  readonly network: NetworkTotals | undefined;
}

export interface NetworkTotals {
  readonly receive: number;
  readonly transmit: number;
}
