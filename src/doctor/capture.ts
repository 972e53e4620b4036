import type { Attempt } from './capture-facts.ts';
import type { Check } from './check.ts';
import { ok } from './finding.ts';

/** What a backend lacks that the better ones have. */
const limits: Readonly<Record<string, string>> = {
  syscalls: 'io_uring goes unseen, and every process of the host pays a little',
  cgroup_skb:
    'packets are seen, not processes: metrics and spans as on the wire, nothing inside TLS, no parents of traces, no time in queues; ' +
    'of several processes that share a port one is named',
};

/** Which backend captures, and what speaks against the better ones. */
export const capture: Check = {
  name: 'capture',
  look({ capture: facts }) {
    if (facts === undefined) {
      const fix = 'build it with ./run build; at run time it needs libelf1 and zlib1g';
      return { level: 'broken', says: 'the part of the agent that talks to the kernel could not be loaded', fix };
    }
    const { backend, attempts, wanted } = facts;
    const at = attempts.findIndex(({ name }) => name === backend);
    const better = (at < 0 ? attempts : attempts.slice(0, at)).filter(({ is }) => is === 'refused');
    const whys = [...new Set(better.map(({ cause }) => cause))].join('; ');
    const fix = [...new Set(better.map((attempt) => attempt.fix))].join('; or: ');
    if (backend === undefined) return { level: 'broken', says: `no backend works: ${whys}`, fix };
    const limit = limits[backend];
    if (limit !== undefined) {
      const why =
        wanted === 'auto' ? better.map(nameAndCause).join('; ') || 'nothing better is there' : `${wanted} is set`;
      return {
        level: 'degraded',
        says: `${backend}: ${limit} (${why})`,
        fix: wanted === 'auto' ? fix || 'a kernel of 6.16 or later' : 'set ebpf.capture_backend to auto',
      };
    }
    const refused = better.length === 0 ? '' : ` (refused: ${better.map(nameAndCause).join('; ')})`;
    return ok(`${backend}, ${facts.from === 'a trial' ? 'found by a trial' : 'in use'}${refused}`);
  },
};

function nameAndCause({ name, cause }: Attempt): string {
  return `${name}: ${cause}`;
}
