/** How a service stands with its budget. */
export interface GovernedState {
  readonly service: string;
  readonly namespace: string;
  /** How much is told of it: everything, or what is left. */
  readonly told: string;
  /** CPUs that it costs, and that it may cost. */
  readonly cpu: number;
  readonly budget: number;
}
