import type { GovernedState } from '../telemetry/governed.ts';
import type { Loss } from '../telemetry/losses.ts';
import type { CaptureFacts } from './capture-facts.ts';
import type { RouteView } from './route-view.ts';

/** Changes when readers of an older one would misunderstand. */
export const stateSchema = 1;

/** One process as an agent knows it, or as a look at it without an agent tells. */
export interface ProcessState {
  readonly pid: number;
  readonly name: string;
  readonly exe: string;
  readonly command: string;
  readonly ports: readonly number[];
  readonly containerId: string;
  readonly language?: string;
  readonly service?: string;
  readonly is: 'selected' | 'ignored';
  /** Which rule selects it, or why none does. */
  readonly why: string;
  /** What watches it; undefined when nothing does. */
  readonly attached?: string;
  readonly requests?: number;
  /** Connections with TLS, and those of them whose plaintext was seen. */
  readonly encrypted?: { readonly connections: number; readonly seen: number };
  /** Less than everything is told of its service, for what that would cost. */
  readonly told?: string;
  /** When its last exchange was told, in ms since 1970. */
  readonly lastMs?: number;
}

/** What a running agent answers: one JSON document. */
export interface AgentState {
  readonly schema: typeof stateSchema;
  readonly pid: number;
  readonly version: string;
  readonly revision: string;
  readonly startedMs: number;
  /** Where it reads about processes. */
  readonly proc: string;
  readonly capture: CaptureFacts;
  /** How traces are handed on to other hosts, and what became of each way that was asked for. */
  readonly propagation?: readonly {
    readonly name: string;
    readonly isUsed: boolean;
    readonly says: string;
    readonly fix?: string;
  }[];
  /** What the kernel programs counted, by the names of bpf/abi.h. */
  readonly counts: Readonly<Record<string, number>>;
  readonly losses: readonly Loss[];
  /** Share of the bytes of captured connections that were seen; undefined while there were none. */
  readonly coverage?: number;
  /** Undefined when nothing is governed. */
  readonly governor?: readonly GovernedState[];
  readonly processes: readonly ProcessState[];
  /** Routes of the services that it watches; undefined in an agent that does not know the question. */
  readonly routes?: readonly RouteView[];
}
