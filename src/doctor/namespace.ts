import type { Check } from './check.ts';
import { ok } from './finding.ts';

/** PROC_PID_INIT_INO of include/linux/proc_ns.h. */
const first = 'pid:[4026531836]';

/** Whether the processes of the host can be seen from here. */
export const pidNamespace: Check = {
  name: 'pid namespace',
  look({ files, subject }) {
    const own = files.link(`/proc/${subject}/ns/pid`);
    if (own === first) return ok("the host's: every process can be seen");
    return {
      level: 'note',
      says: `${own || 'unknown'}, that of a container: only the processes in it can be selected`,
      fix:
        'to see all of the host: --pid=host in Docker, pid: host in compose, hostPID: true in Kubernetes; to see one ' +
        'service: --pid=container:NAME, pid: "service:NAME", shareProcessNamespace: true',
    };
  },
};
