// node cluster.mjs PORT: as many workers as the last line of standard input says; each answers with its process id.
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

if (cluster.isPrimary) {
  createInterface({ input: process.stdin }).on('line', (line) => {
    const workers = Object.values(cluster.workers);
    for (let i = workers.length; i < Number(line); i++) cluster.fork();
    for (const worker of workers.slice(Number(line))) worker.disconnect();
  });
} else {
  createServer((_request, response) => response.end(String(process.pid))).listen(Number(process.argv[2]));
}
