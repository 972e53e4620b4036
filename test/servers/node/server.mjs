// node server.mjs PORT: answers like the sample server of the tutorial (status= and delay= in milliseconds), by node:http.
import { createServer } from 'node:http';

createServer((request, response) => {
  const { searchParams } = new URL(request.url, 'http://localhost');
  const status = Number(searchParams.get('status') ?? 200);
  const delayMs = Number(searchParams.get('delay') ?? 0);
  request.resume();
  request.on('end', () => {
    const answer = () => response.writeHead(status, { 'content-length': 3 }).end('ok\n');
    if (delayMs > 0) setTimeout(answer, delayMs);
    else answer();
  });
}).listen(Number(process.argv[2]), () => console.log('listening'));
