// busy.mjs PORT MS: has one thread, and computes for so long before it answers.
import { createServer } from 'node:http';

const [port, ms] = process.argv.slice(2).map(Number);

createServer((_, response) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
  response.end();
}).listen(port, '127.0.0.1', 128, () => console.log('listening'));
