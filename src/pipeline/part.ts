/** A piece of the agent with a life: all are built before any is started, and they stop in reverse order. */
export interface Part {
  /** Named in the log when it does not stop in time. */
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}
