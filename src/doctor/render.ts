import { type Column, textTable, wrapped } from '../lib/text-table.ts';
import type { Attempt } from './capture-facts.ts';
import type { Finding, Level } from './finding.ts';
import type { ProcessRow } from './processes.ts';
import type { Report } from './report.ts';

const width = 100;
const marks: Readonly<Record<Level, string>> = { ok: 'ok', note: 'note', degraded: 'WARN', broken: 'FAIL' };

const findingColumns: readonly Column[] = [
  { title: '', width: 4 },
  { title: '', width: 14 },
  { title: '', width: width - 4 - 14 - 2 },
];
const attemptColumns: readonly Column[] = [
  { title: 'backend', width: 9 },
  { title: '', width: 8 },
  { title: 'why', width: width - 9 - 8 - 2 },
];
const selectedColumns: readonly Column[] = [
  { title: 'pid', width: 8, align: 'right' },
  { title: 'name', width: 15 },
  { title: 'attached', width: 14 },
  { title: 'TLS', width: 12 },
  { title: 'requests', width: 9, align: 'right' },
  { title: 'last', width: 7, align: 'right' },
  { title: 'lost', width: 6, align: 'right' },
  { title: 'selected by', width: 22 },
];
const ignoredColumns: readonly Column[] = [
  { title: 'pid', width: 8, align: 'right' },
  { title: 'name', width: 15 },
  { title: 'TLS', width: 12 },
  { title: 'why not selected', width: width - 8 - 15 - 12 - 3 },
];

/** For people; nothing is wider than 100 columns. */
export function render(report: Report, nowMs = Date.now()): string {
  const lines = [`beyla doctor: ${report.verdict}`, '', ...report.findings.flatMap(findingLines)];
  const attempts = report.capture?.attempts ?? [];
  if (attempts.length > 0) {
    const rows = attempts.map((attempt, i) => attemptCells(attempt, attempts[i - 1], report.capture?.backend));
    lines.push('', ...textTable(attemptColumns, rows));
  }
  for (const agent of report.agents.length === 0 ? [undefined] : report.agents) {
    lines.push(
      ...processLines(
        report.processes.filter((row) => row.agent === agent),
        agent,
        nowMs,
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** What the kernel said is told once for neighbours that failed alike. */
function attemptCells(attempt: Attempt, before: Attempt | undefined, chosen: string | undefined): string[] {
  const { name, is, cause = '', fix = '', detail = '' } = attempt;
  if (is === 'taken') return [name, name === chosen ? 'chosen' : 'works', ''];
  return [name, 'refused', cause === before?.cause ? 'for the same reason' : `${cause}: ${fix}. It said: ${detail}`];
}

function findingLines({ check, level, says, fix }: Finding): string[] {
  const [, ...rows] = textTable(findingColumns, [
    [marks[level], check, says],
    ...(fix !== undefined && level !== 'ok' ? [['', '', `fix: ${fix}`]] : []),
  ]);
  return rows;
}

function processLines(rows: readonly ProcessRow[], agent: number | undefined, nowMs: number): string[] {
  const of = agent === undefined ? '' : ` by agent ${agent}`;
  const selected = rows.filter(({ is }) => is === 'selected');
  const ignored = rows.filter(({ is }) => is === 'ignored');
  const lines: string[] = [];
  if (selected.length > 0) {
    const cells = selected.map((row) => selectedCells(row, nowMs));
    lines.push('', `selected${of}: ${selected.length}`, ...textTable(selectedColumns, cells));
  }
  if (ignored.length > 0) {
    const cells = ignored.map(({ pid, name, tls, why }) => [String(pid), name, tls.join(' '), why]);
    lines.push('', `not selected${of}: ${ignored.length}`, ...textTable(ignoredColumns, cells));
  }
  if (rows.some(({ tls }) => tls.length > 0)) {
    const says =
      'TLS: the library that a process has mapped. Figures: connections with TLS that were seen into, of all.';
    lines.push('', ...wrapped(says, width));
  }
  return lines;
}

function selectedCells(row: ProcessRow, nowMs: number): string[] {
  const { pid, name, attached, tls, encrypted, requests, lastMs, lost, why, agent, told } = row;
  const seen = encrypted === undefined ? [] : [`${encrypted.seen}/${encrypted.connections}`];
  const when = lastMs === undefined ? (agent === undefined ? '' : 'never') : `${age(nowMs - lastMs)} ago`;
  const hangsOn = attached ?? (agent === undefined ? 'no agent' : told === undefined ? 'nothing' : 'not: too dear');
  return [
    String(pid),
    name,
    hangsOn,
    [...tls, ...seen].join(' '),
    requests === undefined ? '' : String(requests),
    when,
    lost ?? '',
    why,
  ];
}

function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
