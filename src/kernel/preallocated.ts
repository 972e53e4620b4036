import { release } from 'node:os';

/**
 * Maps that take memory as entries come, and how many entries they have where the kernel wants it taken at the start: there each is paid
 * for, used or not, so the large ones have fewer than bpf/maps says.
 */
export const preallocatedEntries: Readonly<Record<string, number>> = {
  conns: 16384,
  waiting: 8192,
  go_routes: 8192,
  go_processes: 16384,
  trace_policies: 16384,
  tls_processes: 16384,
  targets: 16384,
  port_holders: 4096,
  calls: 16384,
};

/**
 * From 5.7 to 6.0 the kernel warns when a program at a tracepoint, kprobe or uprobe has a map that takes memory as it runs
 * (check_map_prealloc in kernel/bpf/verifier.c). Such a warning marks the kernel as tainted, and ends one that was told to end at warnings.
 */
export function warnsOfAllocation(kernel: string): boolean {
  const [major = 0, minor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10));
  return (major === 5 && minor >= 7) || (major === 6 && minor === 0);
}

/** Those of these maps that are to be preallocated on the running kernel. */
export function toPreallocate(maps: readonly string[]): string[] {
  return warnsOfAllocation(release()) ? maps.filter((name) => name in preallocatedEntries) : [];
}
