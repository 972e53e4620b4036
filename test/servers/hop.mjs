// As hop.py, on the event loop of Node.js, with connections to the next service that are kept.
import { Agent, createServer, get } from 'node:http';

const [port, next] = process.argv.slice(2).map(Number);
const agent = new Agent({ keepAlive: true });

createServer((request, response) => {
  if (next === 0) setTimeout(() => response.end(), Math.random() * 5);
  else {
    get({ host: '127.0.0.1', port: next, path: request.url, agent }, (answer) => {
      answer.resume().on('end', () => response.end());
    });
  }
}).listen(port, '127.0.0.1', 128);
