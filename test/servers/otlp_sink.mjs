// node otlp_sink.mjs PORT: takes whatever an OTLP exporter posts, answers 200 and prints on each line of standard input
// how many posts and bytes came on which path.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

const paths = {};

createServer((request, response) => {
  paths[request.url] ??= { posts: 0, bytes: 0 };
  const seen = paths[request.url];
  seen.posts++;
  request.on('data', (data) => {
    seen.bytes += data.length;
  });
  request.on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
}).listen(Number(process.argv[2]), () => console.log('listening'));

createInterface({ input: process.stdin }).on('line', () => console.log(JSON.stringify(paths)));
