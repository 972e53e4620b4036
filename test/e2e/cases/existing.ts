import {
  blankLine,
  CRLF,
  type Dialogue,
  exchange,
  read,
  readHead,
  request,
  response,
  send,
  tell,
  turns,
  wait,
} from '../../support/dialogue.ts';

const first = request('POST /first', 'x'.repeat(1000));
const next = turns([request('GET /next'), response(200, 'next')]);
const nextExchange = exchange('GET /next', 200, 0, 4);
const answer = response(201, 'first');
/** Both ends are where the agent starts, and go on when it is ready. */
const pause = { client: [tell('client-open'), wait('agent')], server: [tell('server-open'), wait('agent')] };

/**
 * Connections that are older than the agent. The exchange in whose middle it starts may be told or not; it must not be
 * told wrong, and the next one is exact.
 */
export const existing: readonly Dialogue[] = [
  {
    name: 'idle',
    client: [...pause.client, ...next.client],
    server: [...pause.server, ...next.server],
    exchanges: [nextExchange],
  },
  {
    name: 'idle after an exchange',
    client: [...turns([first, answer]).client, ...pause.client, ...next.client],
    server: [...turns([first, answer]).server, ...pause.server, ...next.server],
    exchanges: [nextExchange],
  },
  {
    name: 'inside a request head',
    client: [send(first.slice(0, 20)), ...pause.client, send(first.slice(20)), read(answer.length), ...next.client],
    server: [read(20), ...pause.server, read(first.length - 20), send(answer), ...next.server],
    exchanges: [nextExchange],
  },
  {
    name: 'inside a request body',
    client: [send(first.slice(0, 500)), ...pause.client, send(first.slice(500)), read(answer.length), ...next.client],
    server: [read(500), ...pause.server, read(first.length - 500), send(answer), ...next.server],
    exchanges: [nextExchange],
  },
  {
    name: 'between request and response',
    client: [send(first), ...pause.client, read(answer.length), ...next.client],
    server: [read(first.length), ...pause.server, send(answer), ...next.server],
    exchanges: [nextExchange],
  },
  {
    name: 'inside a response',
    client: [send(first), readHead, ...pause.client, read(1000), ...next.client],
    server: [
      read(first.length),
      send(`HTTP/1.1 200 OK${CRLF}Content-Length: 1000${blankLine}`),
      ...pause.server,
      { do: 'fill', bytes: 1000 },
      ...next.server,
    ],
    exchanges: [nextExchange],
  },
];

/** Its bytes came before the agent: told by what sees them read, and not by what sees packets. */
export const unread: Dialogue = {
  name: 'with a request that the server has not read yet',
  client: [send(first), ...pause.client, read(answer.length), ...next.client],
  server: [...pause.server, read(first.length), send(answer), ...next.server],
  exchanges: [exchange('POST /first', 201, 1000, 5), nextExchange],
  clientExchanges: [nextExchange],
};
