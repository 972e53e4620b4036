/** One way to watch sockets, and what the kernel said to it. */
export interface Attempt {
  readonly name: string;
  readonly is: 'taken' | 'refused';
  /** Why it was refused, in words, and the kernel's own. */
  readonly cause?: string;
  readonly fix?: string;
  readonly detail?: string;
}

/** How requests are captured here, or would be. */
export interface CaptureFacts {
  readonly from: 'a running agent' | 'a trial';
  /** The setting that forces one, or `auto`. */
  readonly wanted: string;
  /** The first that works; undefined when none does. */
  readonly backend: string | undefined;
  /** The best first. */
  readonly attempts: readonly Attempt[];
}
