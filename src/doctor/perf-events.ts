import { effectiveCapabilities, isAdmin } from './capabilities.ts';
import type { Check } from './check.ts';
import { ok } from './finding.ts';

/** Above this (Debian ships 3) CAP_PERFMON is not enough to open the events that tracepoints and probes hang on. */
const allowed = 2;

export const perfEvents: Check = {
  name: 'perf events',
  look(host) {
    const { files, capture } = host;
    const level = Number(files.text('/proc/sys/kernel/perf_event_paranoid').trim() || '-1');
    const says = `perf_event_paranoid is ${level}`;
    const capabilities = effectiveCapabilities(host) ?? 0n;
    // cgroup_skb is what is left when they are refused.
    const usesThem = capture?.backend === undefined || ['syscalls', 'kprobe', 'cgroup_skb'].includes(capture.backend);
    if (level <= allowed || isAdmin(capabilities) || !usesThem) return ok(`${says}, which does not matter here`);
    return {
      level: 'degraded',
      says: `${says}: without CAP_SYS_ADMIN the kernel refuses the events of the backends syscalls and kprobe`,
      fix: `sysctl kernel.perf_event_paranoid=${allowed}, or add CAP_SYS_ADMIN`,
    };
  },
};
