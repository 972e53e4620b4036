// server.mjs PORT CERTIFICATE KEY: answers /s/STATUS/BYTES by node:https.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const [port, certificate, key] = process.argv.slice(2);
createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
  const [, , status, size] = request.url.split('?')[0].split('/');
  request.resume().on('end', () => {
    response.writeHead(Number(status), { 'content-length': Number(size) }).end('x'.repeat(Number(size)));
  });
}).listen(Number(port), '127.0.0.1');
