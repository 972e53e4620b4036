// Runs in a guest: what the agent tells by probes in programs, a line of JSON: requests inside TLS, and routes of a router in Go.
import { startGoRouter, startGoTls, startNginxTls } from '../../../scripts/bench/servers.ts';
import { Agent } from '../../support/agent.ts';
import { load } from '../../support/load.ts';
import type { SeenSpan } from '../../support/seen-span.ts';
import { until } from '../../support/until.ts';
import { type ProbesReport, probedRequests } from '../loads.ts';

const servers = { go: await startGoTls(), nginx: await startNginxTls(), router: await startGoRouter() };
const agent = await Agent.start({ ports: Object.values(servers).map(({ port }) => port) });
// A guest is slow: probes may come after the agent is ready.
const probed = () => agent.log.filter((line) => line.includes('probes are in')).length;
const isRefused = () => agent.log.some((line) => line.includes('nothing is seen inside TLS'));
await until(() => isRefused() || probed() === Object.keys(servers).length, { what: 'the probes' });
const seen: Record<string, number> = {};
for (const [name, { port, path, isTls }] of Object.entries(servers)) {
  const { errors, lastError } = await load({ port, path, tls: isTls, requests: probedRequests, connections: 2 });
  if (errors > 0) throw new Error(`${errors} requests failed: ${lastError}`);
  const route = name === 'router' ? '/users/{id}' : undefined;
  const isIts = (span: SeenSpan) =>
    span.port === port && span.status === 200 && (route === undefined || span.route === route);
  // What is missing shows in the counts.
  await agent.spansWhere(isIts, probedRequests, 5000).catch(() => {});
  seen[name] = agent.spans.filter(isIts).length;
}
await agent.stop();
await Promise.all(Object.values(servers).map((server) => server.stop()));
const report: ProbesReport = { seenByProbes: seen };
console.log(JSON.stringify(report));
for (const line of agent.log.filter((one) => one.includes('probes'))) console.log(line);
process.exit();
