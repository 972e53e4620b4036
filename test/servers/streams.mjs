// streams.mjs PORT H2PORT: answers that go on until the client leaves: SSE, and whatever else is upgraded to, on PORT, HTTP/2 on H2PORT.
import { createServer } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';

const [port, streams] = process.argv.slice(2).map(Number);

createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('data: 1\n\n');
})
  .on('upgrade', (_, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.on('data', (data) => socket.write(data));
    socket.on('end', () => socket.end());
  })
  .listen(port, '127.0.0.1');
createHttp2()
  .on('stream', (stream) => {
    stream.on('error', () => {});
    stream.respond({ ':status': 200, 'content-type': 'text/plain' });
    stream.write('first');
  })
  .listen(streams, '127.0.0.1', () => console.log('listening'));
