import { Agent, request } from 'node:http';

/** What is asked for, again and again in this order: every twentieth request fails, some take long. */
const mix: readonly { readonly method: string; readonly path: (i: number) => string; readonly body?: string }[] = [
  { method: 'GET', path: () => '/hello' },
  { method: 'GET', path: () => '/bye' },
  { method: 'GET', path: (i) => `/users/${1000 + (i % 50)}` },
  { method: 'POST', path: () => '/orders?status=201&delay=30ms', body: '{"item":"tea","count":2}' },
  { method: 'GET', path: (i) => `/search?q=${i}&delay=${5 + (i % 40)}ms` },
  { method: 'GET', path: () => '/hello' },
  { method: 'GET', path: (i) => (i % 4 === 0 ? '/missing?status=404' : '/bye') },
  { method: 'GET', path: () => '/slow?delay=250ms' },
  { method: 'GET', path: (i) => `/users/${2000 + (i % 50)}` },
  { method: 'GET', path: (i) => (i % 2 === 0 ? '/broken?status=500' : '/hello') },
];

const intervalMs = 50;
/** A server that has stopped answering is not asked for more. */
const maxWaiting = 20;

export interface GentleLoad {
  /** Requests that were answered. */
  readonly answered: number;
  /** Lets what is on its way end. */
  stop(): Promise<void>;
}

/** About twenty requests a second over a few kept connections. */
export function startGentleLoad(port: number): GentleLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: maxWaiting });
  let sent = 0;
  let answered = 0;
  let idle = () => {};
  const waiting = new Set<number>();

  const finish = (i: number): void => {
    waiting.delete(i);
    if (waiting.size === 0) idle();
  };
  const timer = setInterval(() => {
    const next = mix[sent % mix.length];
    if (next === undefined || waiting.size >= maxWaiting) return;
    const i = sent++;
    waiting.add(i);
    const round = Math.floor(i / mix.length);
    const options = { agent, host: '127.0.0.1', port, method: next.method, path: next.path(round), timeout: 5000 };
    const asked = request(options, (response) => {
      answered++;
      response.resume();
      response.on('close', () => finish(i));
    });
    asked.on('timeout', () => asked.destroy());
    // The server is ended at the same time by Ctrl-C; how many were answered is what is told.
    asked.on('error', () => finish(i));
    asked.end(next.body);
  }, intervalMs);

  return {
    get answered() {
      return answered;
    },
    async stop() {
      clearInterval(timer);
      if (waiting.size > 0) await new Promise<void>((resolve) => (idle = resolve));
      agent.destroy();
    },
  };
}
