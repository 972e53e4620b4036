import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { Listeners } from './listeners.ts';
import type { ProcFs, ProcStat } from './proc-fs.ts';
import { Process } from './process.ts';

/** Events are let in between when a scan has held the thread for so long. */
const turnMs = 20;

/** Passes every process, parents before their children, so that a child can be judged by its parent. */
export async function scanProcesses(
  proc: ProcFs,
  hostPids: ReadonlyMap<number, number> | undefined,
  take: (process: Process) => void,
): Promise<number> {
  const listeners = new Listeners(proc);
  let turnEnds = performance.now() + turnMs;
  let count = 0;
  for (const { pid, stat } of parentsFirst(proc)) {
    const hostPid = hostPids === undefined ? pid : hostPids.get(pid);
    if (hostPid === undefined) continue;
    const { name, parent, startTicks } = stat;
    const process = new Process(proc, { pid, hostPid, parent, startTicks, name }, listeners);
    take(process);
    process.leaveScan();
    count++;
    if (performance.now() < turnEnds) continue;
    await yieldToEvents();
    turnEnds = performance.now() + turnMs;
  }
  return count;
}

interface Seen {
  readonly pid: number;
  readonly stat: ProcStat;
}

function parentsFirst(proc: ProcFs): Seen[] {
  const seen = new Map<number, Seen>();
  for (const pid of proc.pids()) {
    const stat = proc.stat(pid);
    if (stat !== undefined && !stat.isKernelThread) seen.set(pid, { pid, stat });
  }
  const ordered: Seen[] = [];
  const placed = new Set<number>();
  for (const one of seen.values()) {
    const line: Seen[] = [];
    for (let at: Seen | undefined = one; at !== undefined && !placed.has(at.pid); at = seen.get(at.stat.parent)) {
      placed.add(at.pid);
      line.push(at);
    }
    ordered.push(...line.reverse());
  }
  return ordered;
}
