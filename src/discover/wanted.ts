import type { Wanted } from './events.ts';
import type { RuleSet } from './rules.ts';

const words = 1024;
const all = (1n << 64n) - 1n;

/**
 * What the kernel has to tell so that no process can match unnoticed. A rule without a port may match anything that runs:
 * then every execve is told, and every listener too, because by then a process has mapped the libraries that tell its
 * language.
 */
export function wantedBy(rules: RuleSet): Wanted {
  const ports = new BigUint64Array(words);
  const exec = rules.include.some(
    ({ criteria }) => criteria.openPorts === undefined && criteria.targetPids === undefined,
  );
  if (exec) return { ports: ports.fill(all), exec };
  if (rules.include.length === 0) return { ports, exec };
  for (const { criteria } of [...rules.include, ...rules.exclude]) {
    for (const { from, to } of criteria.openPorts ?? []) {
      for (let port = from; port <= Math.min(to, 65535); port++) setBit(ports, port);
    }
  }
  return { ports, exec };
}

function setBit(ports: BigUint64Array, port: number): void {
  ports[port >> 6] = (ports[port >> 6] ?? 0n) | (1n << BigInt(port & 63));
}
