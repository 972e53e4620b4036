import type { CaptureFacts } from './capture-facts.ts';
import { type Finding, severity } from './finding.ts';
import type { ProcessRow } from './processes.ts';

/** Everything that doctor found: what `-json` prints. */
export interface Report {
  readonly schema: 1;
  readonly version: string;
  readonly verdict: 'healthy' | 'degraded' | 'cannot work';
  /** 0, 1 or 2, as the verdict. */
  readonly exitCode: number;
  readonly findings: readonly Finding[];
  readonly capture?: CaptureFacts;
  /** Pids of the agents that answered. */
  readonly agents: readonly number[];
  readonly processes: readonly ProcessRow[];
}

const verdicts = ['healthy', 'degraded', 'cannot work'] as const;

export function verdictOf(findings: readonly Finding[]): Pick<Report, 'verdict' | 'exitCode'> {
  const exitCode = Math.max(0, ...findings.map(({ level }) => severity[level]));
  return { exitCode, verdict: verdicts[exitCode] ?? 'cannot work' };
}
