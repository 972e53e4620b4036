import { readFileSync } from 'node:fs';
import { release } from 'node:os';

/** Bits of include/uapi/linux/capability.h. */
const bits = {
  CAP_DAC_READ_SEARCH: 2,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_RESOURCE: 24,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
  CAP_CHECKPOINT_RESTORE: 40,
} as const;
type Capability = keyof typeof bits;

/** Reading files of other users, the network of other processes, programs on hooks, programs at all, links in /proc. */
const needed: readonly Capability[] = [
  'CAP_DAC_READ_SEARCH',
  'CAP_SYS_PTRACE',
  'CAP_PERFMON',
  'CAP_BPF',
  'CAP_CHECKPOINT_RESTORE',
];

/** What the agent lacks, by number; the capability to administer the system stands for all. */
export function missingCapabilities(status = ownStatus(), kernel = release()): readonly Capability[] {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  const has = (capability: Capability) => (effective & (1n << BigInt(bits[capability]))) !== 0n;
  if (has('CAP_SYS_ADMIN')) return [];
  const wanted = isBefore(kernel, 5, 8) ? (['CAP_SYS_ADMIN'] as const) : [...needed, ...forMemory(kernel)];
  return wanted.filter((capability) => !has(capability)).sort((a, b) => bits[a] - bits[b]);
}

function ownStatus(): string {
  return readFileSync('/proc/self/status', 'utf8');
}

/** Until 5.11 the memory of maps counted against a limit of the user. */
function forMemory(kernel: string): readonly Capability[] {
  return isBefore(kernel, 5, 11) ? ['CAP_SYS_RESOURCE'] : [];
}

function isBefore(kernel: string, major: number, minor: number): boolean {
  const [own = 0, ownMinor = 0] = kernel.split(/[.-]/).map(Number);
  return own < major || (own === major && ownMinor < minor);
}
