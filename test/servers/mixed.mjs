// mixed.mjs PORT NEXT LINES STREAMS PUSHED: answers GET on PORT after a while, and asks NEXT because of something else: a line or a
// request of HTTP/2 that comes on the other ports, or what the server behind PUSHED sends.
import { createServer, get } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { connect, createServer as listenOn } from 'node:net';

const [port, next, lines, streams, pushed] = process.argv.slice(2).map(Number);
const ask = (path) => get({ host: '127.0.0.1', port: next, path, agent: false }, (answer) => answer.resume());

createServer((request, response) => {
  if (request.url.startsWith('/own')) ask(request.url);
  setTimeout(() => response.end(), 100);
}).listen(port, '127.0.0.1');
listenOn((socket) => socket.on('data', (line) => ask(`/${line.toString().trim()}`))).listen(lines, '127.0.0.1');
createHttp2()
  .on('stream', (stream, headers) => {
    ask(headers[':path']);
    stream.respond({ ':status': 200 });
    stream.end();
  })
  .listen(streams, '127.0.0.1');
if (pushed > 0) {
  const source = connect(pushed, '127.0.0.1', () => source.write('subscribe\n'));
  source.on('data', (line) => ask(`/${line.toString().trim()}`));
}
console.log('listening');
