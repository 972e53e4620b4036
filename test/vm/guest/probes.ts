import { readFileSync } from 'node:fs';
import { type Server, startGoRouter, startGoTls, startNginxTls } from '../../../scripts/bench/servers.ts';
import type { Agent } from '../../support/agent.ts';
import { load } from '../../support/load.ts';
import { httpsProgram, routersProgram } from '../../support/programs.ts';
import type { SeenSpan } from '../../support/seen-span.ts';
import { until } from '../../support/until.ts';
import { type ProbedName, probedRequests } from '../loads.ts';

/** A server of which an agent tells something by probes in a file: requests inside TLS, or the route that a router in Go has found. */
export interface Probed {
  readonly name: ProbedName;
  readonly server: Server;
  readonly file: string;
  readonly route?: string;
}

export async function startProbed(): Promise<Probed[]> {
  const [go, nginx, router] = await Promise.all([startGoTls(), startNginxTls(), startGoRouter()]);
  return [
    { name: 'go', server: go, file: httpsProgram() },
    { name: 'nginx', server: nginx, file: mappedLibrary(nginx.pids[0] ?? 0, 'libssl') },
    { name: 'router', server: router, file: routersProgram(), route: '/users/{id}' },
  ];
}

function mappedLibrary(pid: number, name: string): string {
  const maps = readFileSync(`/proc/${pid}/maps`, 'utf8');
  return new RegExp(`/\\S*/${name}\\S*`).exec(maps)?.[0] ?? name;
}

/** Asks each of them, and counts what the agent tells as it should. */
export async function seenByProbes(agent: Agent, probed: readonly Probed[]): Promise<Record<string, number>> {
  // A guest is slow: probes may come after the agent is ready.
  const areIn = (file: string) => agent.log.some((line) => line.includes(`msg="probes are in" file=${file} `));
  await until(() => probed.every(({ file }) => areIn(file)), { what: () => `probes:\n${agent.log.join('\n')}` });
  const seen: Record<string, number> = {};
  for (const { name, server, route } of probed) {
    const { port, path, isTls } = server;
    const { errors, lastError } = await load({ port, path, tls: isTls, requests: probedRequests, connections: 2 });
    if (errors > 0) throw new Error(`${errors} requests failed: ${lastError}`);
    const isIts = (span: SeenSpan) =>
      span.port === port && span.status === 200 && (route === undefined || span.route === route);
    // What is missing shows in the counts.
    await agent.spansWhere(isIts, probedRequests, 5000).catch(() => {});
    seen[name] = agent.spans.filter(isIts).length;
  }
  return seen;
}
