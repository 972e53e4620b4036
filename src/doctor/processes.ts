import type { Examined } from '../discover/examine.ts';
import type { ProcFs } from '../discover/proc-fs.ts';
import type { AgentState, ProcessState } from './agent-state.ts';
import type { Finding } from './finding.ts';
import { carriesRustls } from './rustls.ts';
import { howToSeeTls, isClosed, tlsLibraries } from './tls.ts';

/** One process in a report. */
export interface ProcessRow extends ProcessState {
  /** The agent that told of it; undefined when none runs. */
  readonly agent?: number;
  /** By its mapped files. */
  readonly tls: readonly string[];
  /** `0`, or at most so many: losses are counted for all processes together. Undefined for who is not captured. */
  readonly lost?: string;
}

/** What a look at a process without an agent tells. */
export function stateOf({ pid, exe, command, ports, containerId, language, verdict }: Examined): ProcessState {
  const why = verdict.reason;
  const name = nameOf(exe, command);
  const common = { pid, name, exe, command, ports, containerId, is: verdict.is, why };
  return language === undefined ? common : { ...common, language };
}

/** Selected ones first, then by pid. */
export function rowsOf(states: readonly ProcessState[], proc: ProcFs, agent?: AgentState): readonly ProcessRow[] {
  const lost = agent?.losses.filter(({ part }) => part !== 'export').reduce((sum, { count }) => sum + count, 0);
  const rows = states.map((state): ProcessRow => {
    const hasRustls = () => carriesRustls(proc.exePath(state.pid));
    const tls = tlsLibraries(proc.maps(state.pid), state.language, hasRustls);
    const isCaptured = lost !== undefined && state.is === 'selected';
    return {
      ...state,
      ...(agent !== undefined && { agent: agent.pid }),
      tls,
      ...(isCaptured && { lost: lost === 0 ? '0' : `≤${lost}` }),
    };
  });
  const rank = ({ is }: ProcessRow) => (is === 'selected' ? 0 : 1);
  return rows.toSorted((a, b) => rank(a) - rank(b) || a.pid - b.pid);
}

/** What the rows show that somebody may have to act on. */
export function processFindings(rows: readonly ProcessRow[], who: string): readonly Finding[] {
  const selected = rows.filter(({ is }) => is === 'selected');
  if (selected.length === 0) {
    const says = `none of ${rows.length} processes is selected`;
    const fix = 'the rows below say why for each; compare open_ports, exe_path and the others with them';
    return [{ check: who, level: 'degraded', says, fix }];
  }
  const found: Finding[] = [
    { check: who, level: 'ok', says: `${selected.length} of ${rows.length} processes are selected` },
  ];
  const unattached = selected.filter(
    ({ agent, attached, told }) => agent !== undefined && attached === undefined && told === undefined,
  );
  if (unattached.length > 0) {
    const says = `the kernel does not capture ${unattached.map(({ pid }) => pid).join(', ')}, though selected`;
    found.push({
      check: who,
      level: 'degraded',
      says,
      fix: 'select fewer processes: the table of targets may be full',
    });
  }
  const closed = selected.filter(({ encrypted, tls }) => encrypted === undefined && isClosed(tls));
  if (closed.length > 0) {
    const says = `what ${namesOf(closed)} would encrypt is not seen: ${closed.flatMap(({ tls }) => tls)[0]}`;
    found.push({ check: who, level: 'note', says, fix: howToSeeTls });
  }
  const blind = selected.filter(({ encrypted }) => encrypted !== undefined && encrypted.seen < encrypted.connections);
  if (blind.length > 0) {
    const count = blind.reduce((sum, { encrypted }) => sum + unseenOf(encrypted), 0);
    const says = `${count} connections of ${namesOf(blind)} were encrypted, and what they carried unseen`;
    found.push({ check: who, level: 'degraded', says, fix: howToSeeTls });
  }
  return found;
}

function namesOf(rows: readonly ProcessRow[]): string {
  return rows.map(({ name, pid }) => `${name} (${pid})`).join(', ');
}

function unseenOf(encrypted: ProcessRow['encrypted']): number {
  return encrypted === undefined ? 0 : encrypted.connections - encrypted.seen;
}

function nameOf(exe: string, command: string): string {
  const path = exe === 'unknown' || exe === '' ? (command.split(' ')[0] ?? '') : exe;
  return path.slice(path.lastIndexOf('/') + 1) || '?';
}
