import type { Check } from './check.ts';
import { ok } from './finding.ts';
import { mountsOf } from './host.ts';

/** Names of tracepoints are found there; only system calls are watched through them. */
export const tracefs: Check = {
  name: 'tracefs',
  look(host) {
    const { files, capture } = host;
    const found = mountsOf(host).find(({ type }) => type === 'tracefs' || type === 'debugfs');
    const isReadable = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'].some((path) => files.list(path).length > 0);
    if (found !== undefined && isReadable) return ok(`mounted at ${found.path}`);
    const isNeeded = capture?.backend === undefined || ['syscalls', 'cgroup_skb'].includes(capture.backend);
    const why = found === undefined ? 'is not mounted' : 'cannot be read';
    const effect = 'the backend syscalls cannot be attached without it';
    return {
      level: isNeeded ? 'degraded' : 'note',
      says: `${why}: ${effect}${isNeeded ? '' : `; ${capture.backend}, which is in use here, can`}`,
      fix:
        found === undefined
          ? 'mount -t tracefs none /sys/kernel/tracing, or mount the host directory into the container: ' +
            '-v /sys/kernel/tracing:/sys/kernel/tracing'
          : 'run as root',
    };
  },
};

/** Nothing is pinned by this build. */
export const bpffs: Check = {
  name: 'bpffs',
  look(host) {
    const found = mountsOf(host).find(({ type }) => type === 'bpf');
    if (found !== undefined) return ok(`mounted at ${found.path}`);
    return {
      level: 'note',
      says: 'not mounted, and not needed: nothing is pinned',
      fix: 'mount -t bpf none /sys/fs/bpf',
    };
  },
};

/** Containers are told by the text of /proc/PID/cgroup in both versions. */
export const cgroup: Check = {
  name: 'cgroup',
  look(host) {
    const all = mountsOf(host);
    const unified = all.find(({ type }) => type === 'cgroup2');
    const hasOld = all.some(({ type }) => type === 'cgroup');
    if (unified !== undefined) return ok(hasOld ? `hybrid: v1, and v2 at ${unified.path}` : `v2 at ${unified.path}`);
    return {
      level: 'note',
      says: `${hasOld ? 'v1 only' : 'none is mounted'}: containers are recognised all the same; trace context over TCP and the capture backend cgroup_skb would need v2`,
      fix:
        'mount -t cgroup2 none /sys/fs/cgroup/unified, or boot with systemd.unified_cgroup_hierarchy=1; ' +
        'in Docker --cgroupns=host',
    };
  },
};
