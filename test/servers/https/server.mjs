// server.mjs PORT [CERTIFICATE KEY]: answers /s/STATUS/BYTES.
import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';

const [port, certificate, key] = process.argv.slice(2);
function answer(request, response) {
  const [, , status, size] = request.url.split('?')[0].split('/');
  request.resume().on('end', () => {
    response.writeHead(Number(status), { 'content-length': Number(size) }).end('x'.repeat(Number(size)));
  });
}

const server = certificate
  ? https.createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, answer)
  : http.createServer(answer);
server.listen(Number(port), '127.0.0.1');
