// client.mjs PORT COUNT [http]: asks the server on PORT over two kept connections, when a line comes.
import { once } from 'node:events';

const [port, count] = process.argv.slice(2).map(Number);
const { Agent, request } = await import(process.argv[4] === 'http' ? 'node:http' : 'node:https');
const statuses = [200, 201, 404, 500];
const agent = new Agent({ keepAlive: true, maxSockets: 2, rejectUnauthorized: false });

function ask(i) {
  const body = i % 2 ? 'x'.repeat(((i * 7) % 1000) + 1) : '';
  const path = `/s/${statuses[i % 4]}/${(i * 37) % 5000}`;
  const headers = body === '' ? {} : { 'content-length': body.length };
  return new Promise((resolve, reject) => {
    const asked = request({ agent, port, path, headers, host: '127.0.0.1', method: body ? 'POST' : 'GET' });
    asked.on('response', (response) => response.resume().on('end', resolve)).on('error', reject);
    asked.end(body);
  });
}

console.log('waiting');
await once(process.stdin, 'data');
for (let i = 0; i < count; i += 2) await Promise.all([ask(i), ask(i + 1)]);
console.log('done');
await once(process.stdin, 'data');
process.exit();
