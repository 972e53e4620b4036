// Runs in a guest: what the agent tells of requests inside TLS, a line of JSON.
import { startGoTls, startNginxTls } from '../../../scripts/bench/servers.ts';
import { Agent } from '../../support/agent.ts';
import { load } from '../../support/load.ts';
import { until } from '../../support/until.ts';
import { type TlsReport, tlsRequests } from '../loads.ts';

const servers = { go: await startGoTls(), nginx: await startNginxTls() };
const agent = await Agent.start({ ports: Object.values(servers).map(({ port }) => port) });
// A guest is slow: probes may come after the agent is ready.
const probed = () => agent.log.filter((line) => line.includes('probes are in')).length;
const isRefused = () => agent.log.some((line) => line.includes('nothing is seen inside TLS'));
await until(() => isRefused() || probed() === Object.keys(servers).length, { what: 'the probes' });
const seen: Record<string, number> = {};
for (const [name, { port, path, isTls }] of Object.entries(servers)) {
  const { errors, lastError } = await load({ port, path, tls: isTls, requests: tlsRequests, connections: 2 });
  if (errors > 0) throw new Error(`${errors} requests failed: ${lastError}`);
  const isIts = (span: { readonly port: number; readonly status: number }) => span.port === port && span.status === 200;
  // What is missing shows in the counts.
  await agent.spansWhere(isIts, tlsRequests, 5000).catch(() => {});
  seen[name] = agent.spans.filter(isIts).length;
}
await agent.stop();
await Promise.all(Object.values(servers).map((server) => server.stop()));
const report: TlsReport = { seenInTls: seen };
console.log(JSON.stringify(report));
for (const line of agent.log.filter((one) => one.includes('probes'))) console.log(line);
process.exit();
