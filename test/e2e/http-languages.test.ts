import { server } from '../support/https.ts';
import { languageClients, languageProxies, languageServers } from '../support/language-programs.ts';
import { languageTable } from '../support/language-table.ts';
import { cProgram, muslPlainClient, serverScript } from '../support/programs.ts';

const requests = 200;
const script = (name: string) => serverScript(`https/${name}`);

languageTable({
  title: `${requests} requests in plain text are told of both ends`,
  requests,
  servers: {
    ...languageServers('http'),
    'PHP alone': server('php', (port) => ['-S', `127.0.0.1:${port}`, script('answer.php')]),
    Java: server('java', (port) => [script('Https.java'), port]),
  },
  proxies: languageProxies('http'),
  clients: {
    ...languageClients('http', requests),
    Java: (port) => ['java', script('Client.java'), `${port}`, `${requests}`, 'http'],
    C: (port) => [cProgram('plain_client'), `${port}`, `${requests}`],
    'C with musl, static': (port) => [muslPlainClient(), `${port}`, `${requests}`],
  },
  reference: 'Python',
});
