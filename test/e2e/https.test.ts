import { curlPlan, server } from '../support/https.ts';
import { languageClients, languageProxies, languageServers } from '../support/language-programs.ts';
import { languageTable } from '../support/language-table.ts';
import {
  cProgram,
  httpsProgram,
  muslOpensslClient,
  oldOpensslClient,
  pycurlFolder,
  pythonProgram,
  serverScript,
  staticOpensslClient,
} from '../support/programs.ts';

const requests = 200;
const script = (name: string) => serverScript(`https/${name}`);

languageTable({
  title: `${requests} requests over TLS are told of both ends`,
  requests,
  servers: {
    ...languageServers('https'),
    'Go, HTTP/2': server(httpsProgram(), (port, { certificate, key }) => ['server2', port, certificate, key]),
  },
  proxies: languageProxies('https'),
  clients: {
    ...languageClients('https', requests),
    'Go, HTTP/2': (port) => [httpsProgram(), 'client2', `${port}`, `${requests}`],
    'Python, the socket on other threads': (port) => [
      ...[pythonProgram(), script('apart_client.py'), `${port}`, `${requests}`],
    ],
    'C with OpenSSL': (port) => [cProgram('openssl_client', 'ssl', 'crypto'), `${port}`, `${requests}`],
    'C with OpenSSL 1.1 of a wheel': (port) => [oldOpensslClient(), `${port}`, `${requests}`],
    'C with OpenSSL inside': (port) => [staticOpensslClient(), `${port}`, `${requests}`],
    'C with musl and OpenSSL of a wheel': (port) => [muslOpensslClient(), `${port}`, `${requests}`],
    'Python, curl and OpenSSL of a wheel': (port) => [
      ...['env', `PYTHONPATH=${pycurlFolder()}`, pythonProgram(), script('pycurl_client.py')],
      ...[`${port}`, `${requests}`],
    ],
    'C with GnuTLS': (port) => [cProgram('gnutls_client', 'gnutls'), `${port}`, `${requests}`],
    'curl, HTTP/2': (port) => ['sh', script('curl.sh'), `${port}`, curlPlan(port, requests)],
  },
  reference: 'Python',
});
