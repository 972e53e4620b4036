// turns.mjs PORT NEXT: asks the next service with the same path before it answers, in the way that the path begins with.
import { readFile } from 'node:fs';
import { Agent, createServer, get } from 'node:http';
import { connect, createServer as listenOn } from 'node:net';

const [port, next] = process.argv.slice(2).map(Number);
const kept = new Agent({ keepAlive: true });
const few = new Agent({ keepAlive: true, maxSockets: 2 });
const pipe = `/tmp/turns-${process.pid}`;

/** Answers when asked through a socket that is no TCP. */
const local = listenOn((socket) =>
  socket.on('data', () => setTimeout(() => socket.end('x'), Math.random() * 3)),
).listen(pipe);
process.on('SIGTERM', () => {
  local.close();
  process.exit(0);
});

/** Each calls `then` in a turn of its own, or in that of the request. */
const ways = {
  now: (then) => then(),
  promise: (then) => Promise.resolve().then(then),
  timer: (then) => setTimeout(then, Math.random() * 3),
  immediate: (then) => setImmediate(then),
  file: (then) => readFile('/proc/self/stat', then),
  local: (then) => connect(pipe).on('end', then).resume().write('x'),
};

function ask(path, agent, done) {
  get({ host: '127.0.0.1', port: next, path, agent }, (answer) => answer.resume().on('end', done));
}

async function fetchAll(url) {
  await (await fetch(url)).text();
}

createServer((request, response) => {
  const [, way, how] = request.url.split('/');
  const end = () => response.end();
  ways[way](() => {
    if (how === 'fetch') void fetchAll(`http://127.0.0.1:${next}${request.url}`).finally(end);
    else ask(request.url, how === 'few' ? few : kept, end);
  });
}).listen(port, '127.0.0.1', 128);
