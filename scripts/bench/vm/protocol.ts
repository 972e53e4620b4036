/** What the part of the benchmark that runs in the guest tells the other one, as a line of JSON. */
export interface Measured {
  readonly server: 'go' | 'node';
  /** Without the agent, with it and Prometheus only, with it and OTLP traces of every request too. */
  readonly arm: Arm;
  /** CPU time a request, round by round. */
  readonly serverUs: readonly number[];
  /** Of the load generator, which the agent does not watch: asking that server, and asking another one that is not watched either. */
  readonly clientUs: readonly number[];
  readonly unwatchedUs: readonly number[];
  readonly agent?: AgentCost;
}

export const arms = ['bare', 'prometheus', 'otlp'] as const;
export type Arm = (typeof arms)[number];

export interface AgentCost {
  readonly backend: string;
  /** Of its first requests, while its program is compiled. */
  readonly firstAgentUs: number;
  /** When it has settled, round by round. */
  readonly agentUs: readonly number[];
  /** From exec to the first request that was captured, and to the line that says that the start is over: instructions of the whole guest. */
  readonly firstG: number;
  readonly readyG: number;
  readonly readyCpuG: number;
  readonly rssMiB: number;
  readonly peakMiB: number;
  readonly mapsMiB: number;
  /** Since it captures, and how many of those were seen. */
  readonly sent: number;
  readonly seen: number;
  readonly lost: number;
}

export const requests = 2000;
/** So many times when all has settled. */
export const rounds = 5;
export const unwatchedRounds = 25;
/** Before what counts, until the programs of the server and of the agent are compiled: V8 has optimized what a request passes through after some 30,000. */
export const settling = 40_000;
export const connections = 4;
/** While the agent starts: a connection and a request each time. */
export const atStart = { requests: 300, rate: 50 } as const;
