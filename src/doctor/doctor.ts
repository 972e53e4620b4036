import type { Sources } from '../config/sources.ts';
import { examine } from '../discover/examine.ts';
import { ProcFs } from '../discover/proc-fs.ts';
import { product } from '../telemetry/product.ts';
import { agentFindings } from './agent-findings.ts';
import type { AgentState } from './agent-state.ts';
import { askAgents } from './ask.ts';
import { run } from './check.ts';
import type { Finding } from './finding.ts';
import { HostFiles } from './host.ts';
import { checks } from './list.ts';
import { type ProcessRow, processFindings, rowsOf, stateOf } from './processes.ts';
import { type Report, verdictOf } from './report.ts';
import { type Intended, intended } from './selection.ts';
import { socketFolders } from './sockets.ts';
import { type KernelAccess, tryCapture } from './trial.ts';

export interface DoctorOptions {
  readonly sources: Sources;
  readonly kernel: KernelAccess;
  /** Where agents have their sockets. */
  readonly sockets?: readonly string[];
}

/** Looks at everything that decides whether and what the agent sees. A missing thing is a finding, never an error. */
export async function examineHost({ sources, kernel, sockets = socketFolders }: DoctorOptions): Promise<Report> {
  const asked = await askAgents(sockets);
  const agents = asked.answers.flatMap((answer) => (answer.is === 'alive' ? [answer.state] : []));
  const [first] = agents;
  const plan = intended(sources);
  const capture = first === undefined ? tryCapture(kernel, plan.backend) : first.capture;
  const host = {
    files: new HostFiles(),
    subject: first?.pid ?? ('self' as const),
    architecture: process.arch,
    capture,
  };
  // An agent has a configuration of its own: another counts only if it was asked for.
  const isPlanTold = first === undefined || sources.path !== '';
  const { rows, findings } = agents.length === 0 ? await ownRows(plan) : agentRows(agents);
  const all: readonly Finding[] = [
    ...checks.map((check) => run(check, host)),
    ...(isPlanTold ? [plan.finding] : []),
    ...agentFindings(asked),
    ...findings,
  ];
  return {
    schema: 1,
    version: product.version,
    ...verdictOf(all),
    findings: all,
    ...(capture !== undefined && { capture }),
    agents: agents.map(({ pid }) => pid),
    processes: rows,
  };
}

interface Rows {
  readonly rows: readonly ProcessRow[];
  readonly findings: readonly Finding[];
}

async function ownRows({ rules, proc: root }: Intended): Promise<Rows> {
  try {
    const proc = new ProcFs(root);
    const rows = rowsOf((await examine({ rules, proc })).map(stateOf), proc);
    return { rows, findings: rules.include.length === 0 ? [] : processFindings(rows, 'processes') };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const fix = 'mount the proc file system: mount -t proc proc /proc';
    return { rows: [], findings: [{ check: 'processes', level: 'broken', says: `cannot be read: ${why}`, fix }] };
  }
}

function agentRows(agents: readonly AgentState[]): Rows {
  const all = agents.map((agent): Rows => {
    const rows = rowsOf(agent.processes, new ProcFs(agent.proc), agent);
    return { rows, findings: processFindings(rows, `agent ${agent.pid}`) };
  });
  return { rows: all.flatMap(({ rows }) => rows), findings: all.flatMap(({ findings }) => findings) };
}
