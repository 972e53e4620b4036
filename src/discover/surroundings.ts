import type { Language } from '../span/service.ts';
import type { ProcFs } from './proc-fs.ts';
import type { Process } from './process.ts';
import type { Metadata, Surroundings } from './select.ts';

/** Inode of the first pid namespace: PROC_PID_INIT_INO of include/linux/proc_ns.h. */
const firstPidNamespace = 0xeffffffc;

export interface SurroundingsOptions {
  readonly proc: ProcFs;
  /** As `proc` numbers it; found out by default. 0 = nobody. */
  readonly agentPid?: number;
  /** What is known of a process from elsewhere. */
  readonly metadata?: (process: Process) => Metadata;
}

export function surroundingsOf(
  { proc, agentPid = proc.self(), metadata = () => ({}) }: SurroundingsOptions,
  language: (process: Process) => Language | undefined,
): Surroundings {
  return {
    isOwn: ({ pid, parent }) => pid === agentPid || descendsFrom(proc, agentPid, parent),
    netNamespace: proc.namespace('self', 'net') ?? 0,
    seesHostPids: pidNamespaceOf(proc) === firstPidNamespace,
    language,
    metadata,
  };
}

/**
 * The pid namespace whose numbers `proc` shows. It need not be the agent's own: a container may have the host's proc file
 * system mounted. Then any process that lives directly in it tells.
 */
export function pidNamespaceOf(proc: ProcFs): number {
  if (proc.pidDepth('self') > 1) {
    for (const pid of proc.pids()) {
      const namespace = proc.pidDepth(pid) === 1 ? proc.namespace(pid, 'pid') : undefined;
      if (namespace !== undefined) return namespace;
    }
  }
  return proc.namespace('self', 'pid') ?? 0;
}

/** Whether a process started the one with this parent, itself or through others. */
function descendsFrom(proc: ProcFs, ancestor: number, parent: number): boolean {
  if (ancestor === 0) return false;
  const passed = new Set<number>();
  for (let at = parent; at > 0 && !passed.has(at); at = proc.stat(at)?.parent ?? 0) {
    if (at === ancestor) return true;
    passed.add(at);
  }
  return false;
}
