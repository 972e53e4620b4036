/** What the part of the benchmark that runs in the guest tells the other one, as a line of JSON. */
export interface Measured {
  readonly server: 'go' | 'node';
  /** Without the agent, with it and Prometheus only, with it and OTLP traces of every request too. */
  readonly arm: Arm;
  readonly serverUs: number;
  /** Of the load generator, which the agent does not watch. */
  readonly clientUs: number;
  readonly agent?: AgentCost;
}

export const arms = ['bare', 'prometheus', 'otlp'] as const;
export type Arm = (typeof arms)[number];

export interface AgentCost {
  readonly backend: string;
  /** Of its first requests, while its program is compiled. */
  readonly firstAgentUs: number;
  /** When it has settled. */
  readonly agentUs: number;
  /** From exec to the span of the first request: instructions of the whole guest. */
  readonly startG: number;
  readonly startCpuG: number;
  readonly rssMiB: number;
  readonly peakMiB: number;
  readonly mapsMiB: number;
  /** In all, and how many of those were seen. */
  readonly sent: number;
  readonly seen: number;
  readonly lost: number;
}

export const requests = 2000;
/** Before what counts, for the programs of the server and of the agent to be compiled as far as that goes in an emulated guest's time. */
export const settling = 4000;
export const connections = 4;
