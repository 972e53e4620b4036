import type { Check } from './check.ts';
import { ok } from './finding.ts';
import { type Host, type HostFiles, isBefore, kernelVersion } from './host.ts';

const mib = 1 << 20;
/** What the agent takes when it reads the table of a busy host, with its maps, which are charged to it as well. */
const comfortable = 200 * mib;

/** The limit of its own control group: one above it, of which only the host knows, may be lower. */
export const memory: Check = {
  name: 'memory',
  look(host) {
    const { files, subject } = host;
    const limit = limitOf(host);
    if (limit !== undefined && limit < comfortable) {
      return {
        level: 'degraded',
        says: `limited to ${Math.floor(limit / mib)} MiB; up to ${comfortable / mib} MiB are used on a busy host`,
        fix: 'raise it: --memory in Docker, resources.limits.memory in Kubernetes, MemoryMax= under systemd',
      };
    }
    if (isBefore(kernelVersion(files), [5, 11])) {
      const locked = /^Max locked memory\s+(\S+)/m.exec(files.text(`/proc/${subject}/limits`))?.[1] ?? '';
      if (locked !== 'unlimited') {
        const fix = 'ulimit -l unlimited, --ulimit memlock=-1 in Docker, LimitMEMLOCK=infinity under systemd';
        return { level: 'degraded', says: `only ${locked} bytes may be locked, which maps need before 5.11`, fix };
      }
    }
    return ok(limit === undefined ? 'no limit' : `limited to ${Math.floor(limit / mib)} MiB`);
  },
};

function limitOf({ files, subject }: Host): number | undefined {
  const lines = files.text(`/proc/${subject}/cgroup`).split('\n');
  const limits = lines.flatMap((line) => {
    const [, controllers = '', path = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (line === '') return [];
    if (controllers === '') return read(files, ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'], path, 'memory.max');
    if (!controllers.split(',').includes('memory')) return [];
    return read(files, ['/sys/fs/cgroup/memory'], path, 'memory.limit_in_bytes');
  });
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** In a container the path is that of the host and the files lie at the root. v1 says "none" by a number near 2^63. */
function read(files: HostFiles, roots: readonly string[], path: string, name: string): number[] {
  const texts = roots.flatMap((root) => [files.text(`${root}${path}/${name}`), files.text(`${root}/${name}`)]);
  const value = Number(texts.find((text) => /^\d+$/.test(text.trim())) ?? Number.NaN);
  return value > 0 && value < 2 ** 62 ? [value] : [];
}
