import type { Check } from './check.ts';
import { type Found, type Level, ok } from './finding.ts';
import { type Host, isBefore, kernelVersion } from './host.ts';

interface Need {
  /** include/uapi/linux/capability.h */
  readonly bit: number;
  readonly name: string;
  readonly why: string;
  readonly without: Exclude<Level, 'ok'>;
  /** The kernel takes CAP_SYS_ADMIN in its place. */
  readonly orAdmin?: true;
}

const SYS_ADMIN = 21;
const SYS_RESOURCE = 24;

const needs: readonly Need[] = [
  { bit: 39, name: 'CAP_BPF', why: 'load programs and maps', without: 'broken', orAdmin: true },
  { bit: 38, name: 'CAP_PERFMON', why: 'attach programs that read memory', without: 'broken', orAdmin: true },
  { bit: 19, name: 'CAP_SYS_PTRACE', why: "see other users' processes (exe, fd, maps)", without: 'degraded' },
  { bit: 2, name: 'CAP_DAC_READ_SEARCH', why: "read other users' executables", without: 'degraded' },
  { bit: 40, name: 'CAP_CHECKPOINT_RESTORE', why: 'follow links of /proc', without: 'note', orAdmin: true },
];
const memoryLock: Need = {
  bit: SYS_RESOURCE,
  name: 'CAP_SYS_RESOURCE',
  why: 'lock the memory of maps on kernels before 5.11',
  without: 'broken',
};

/** Undefined when /proc/PID/status cannot be read. */
export function effectiveCapabilities({ files, subject }: Host): bigint | undefined {
  const hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(files.text(`/proc/${subject}/status`))?.[1];
  return hex === undefined ? undefined : BigInt(`0x${hex}`);
}

export function hasCapability(all: bigint, bit: number): boolean {
  return ((all >> BigInt(bit)) & 1n) === 1n;
}

export function isAdmin(all: bigint): boolean {
  return hasCapability(all, SYS_ADMIN);
}

export const capabilities: Check = {
  name: 'capabilities',
  look(host) {
    const all = effectiveCapabilities(host);
    if (all === undefined) {
      const fix = 'mount the proc file system: mount -t proc proc /proc';
      return { level: 'degraded', says: `cannot be read from /proc/${host.subject}/status`, fix };
    }
    const wanted = neededBy(host);
    const missing = wanted.filter(({ bit, orAdmin }) => !hasCapability(all, bit) && !(orAdmin && isAdmin(all)));
    return missing.length === 0 ? complete(host, wanted) : lacking(host, missing);
  },
};

function neededBy({ files }: Host): readonly Need[] {
  return isBefore(kernelVersion(files), [5, 11]) ? [...needs, memoryLock] : needs;
}

/** By name, in the order of their numbers. As in the reference, the one that administers the system stands for all. */
export function missingCapabilities(host: Host): readonly string[] {
  const all = effectiveCapabilities(host);
  if (all === undefined || isAdmin(all)) return [];
  const missing = neededBy(host).filter(({ bit }) => !hasCapability(all, bit));
  return missing.toSorted((a, b) => a.bit - b.bit).map(({ name }) => name);
}

/** A full set counts for nothing outside the user namespace that it belongs to. */
function complete({ files, subject }: Host, wanted: readonly Need[]): Found {
  const map = files.text(`/proc/${subject}/uid_map`).trim().split(/\s+/);
  if (map.length < 3 || map[2] === '4294967295') return ok(wanted.map(({ name }) => name.slice(4)).join(', '));
  return {
    level: 'broken',
    says: 'they belong to a user namespace, and the kernel wants them in the first one',
    fix: 'run as root of the host, not in a rootless container or under unshare -U',
  };
}

function lacking({ files, subject }: Host, missing: readonly Need[]): Found {
  const names = missing.map(({ name }) => name);
  const level = ['broken', 'degraded'].find((one) => missing.some(({ without }) => without === one)) ?? 'note';
  const uid = /^Uid:\s*\d+\s+(\d+)/m.exec(files.text(`/proc/${subject}/status`))?.[1] ?? '?';
  const who = uid === '0' ? 'root, but without' : `not root (uid ${uid}), and without`;
  const adds = names.map((name) => `--cap-add ${name.slice(4)}`).join(' ');
  return {
    level: level as Level,
    says: `${who} ${missing.map(({ name, why }) => `${name} (${why})`).join(', ')}`,
    fix:
      (uid === '0' ? '' : 'run as root (sudo), or ') +
      `give the capabilities: in Docker --privileged, or ${adds}; in Kubernetes securityContext.capabilities.add; ` +
      'under systemd AmbientCapabilities=',
  };
}
