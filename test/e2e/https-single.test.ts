import { languageClients, languageProxies, languageServers } from '../support/language-programs.ts';
import { languageTable } from '../support/language-table.ts';

const requests = 200;

function only<T>(all: Readonly<Record<string, T>>, ...names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

/** As kernels before 6.6 need it. */
languageTable({
  title: `a link for each probe: ${requests} requests over TLS are told of both ends`,
  requests,
  servers: only(languageServers('https'), 'Python, a thread a connection', 'Node.js', 'Go'),
  proxies: only(languageProxies('https'), 'nginx'),
  clients: only(languageClients('https', requests), 'Python', 'Node.js', 'Go'),
  reference: 'Python',
  env: { BEYLA_BPF_PROBE_LINKS: 'single' },
});
