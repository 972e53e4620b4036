import {
  blankLine,
  CRLF,
  close,
  type Dialogue,
  type Exchange,
  exchange,
  read,
  readHead,
  readToEnd,
  request,
  reset,
  response,
  send,
  tell,
  turns,
  wait,
} from '../../support/dialogue.ts';
import { reasons, statusWithoutResponse } from '../../support/reasons.ts';

const longAnswerHead = `HTTP/1.1 200 OK${CRLF}Content-Length: 10000000${blankLine}`;

/** Exchanges that did not end as HTTP says: one span each, at once, with the reason. */
export const aborts: readonly Dialogue[] = [
  {
    name: 'a client that resets before the response',
    client: [send(request('GET /client-reset')), wait('asked'), reset, tell('gone')],
    server: [readHead, tell('asked'), wait('gone'), readToEnd],
    failing: 'server',
    exchanges: [broken('GET /client-reset', reasons.clientGone)],
  },
  {
    name: 'a client that closes before the response',
    client: [send(request('GET /client-close')), wait('asked'), close, tell('gone')],
    server: [readHead, tell('asked'), wait('gone'), readToEnd, close],
    exchanges: [broken('GET /client-close', reasons.clientGone)],
  },
  {
    name: 'a client that closes before the server reads, and is answered all the same',
    client: [send(request('GET /too-late')), close, tell('gone')],
    server: [wait('gone'), readHead, send(response(200, 'fine')), close],
    exchanges: [exchange('GET /too-late', 200, 0, 4)],
    clientExchanges: [broken('GET /too-late', reasons.clientGone)],
  },
  {
    name: 'a client that leaves after answered requests, with one unanswered',
    client: [
      ...turns([request('GET /answered'), response(200)]).client,
      send(request('POST /unanswered', 'abc')),
      wait('asked'),
      reset,
      tell('gone'),
    ],
    server: [
      ...turns([request('GET /answered'), response(200)]).server,
      readHead,
      read(3),
      tell('asked'),
      wait('gone'),
      readToEnd,
    ],
    failing: 'server',
    exchanges: [exchange('GET /answered', 200), { ...broken('POST /unanswered', reasons.clientGone), requestBytes: 3 }],
  },
  {
    name: 'a client that leaves three pipelined requests',
    client: [
      send(['/a', '/b', '/c'].map((path) => request(`GET ${path}`)).join('')),
      wait('asked'),
      reset,
      tell('gone'),
    ],
    server: [readHead, readHead, readHead, tell('asked'), wait('gone'), readToEnd],
    failing: 'server',
    exchanges: ['/a', '/b', '/c'].map((path) => broken(`GET ${path}`, reasons.clientGone)),
  },
  {
    name: 'a client that resets inside its request',
    client: [
      send(`PUT /half-sent HTTP/1.1${CRLF}Content-Length: 1000${blankLine}first part`),
      wait('half'),
      reset,
      tell('gone'),
    ],
    server: [readHead, read(10), tell('half'), wait('gone'), readToEnd],
    failing: 'server',
    exchanges: [{ ...broken('PUT /half-sent', reasons.clientGone), requestBytes: 10 }],
  },
  {
    name: 'a client that resets inside the response',
    client: [send(request('GET /cut-short')), readHead, read(1000, { max: 1000 }), reset, tell('gone')],
    server: [readHead, send(longAnswerHead), { do: 'fill', bytes: 1000 }, wait('gone'), readToEnd],
    failing: 'server',
    exchanges: [{ ...exchange('GET /cut-short', 200, 0, 1000), reason: reasons.clientGone }],
  },
  {
    name: 'a server that resets instead of answering',
    client: [send(request('GET /server-reset')), readToEnd],
    failing: 'client',
    server: [readHead, reset],
    exchanges: [broken('GET /server-reset', reasons.serverReset)],
  },
  {
    name: 'a server that closes instead of answering',
    client: [send(request('GET /server-close')), readToEnd],
    server: [readHead, close],
    exchanges: [broken('GET /server-close', reasons.serverClosed)],
  },
  {
    name: 'a server that closes inside the response',
    client: [send(request('GET /server-cut')), readToEnd],
    server: [readHead, send(longAnswerHead), { do: 'fill', bytes: 1000 }, close],
    exchanges: [{ ...exchange('GET /server-cut', 200, 0, 1000), reason: reasons.serverClosed }],
  },
  {
    name: 'a server that resets inside the response',
    client: [send(request('GET /reset-cut')), readHead, read(1000), tell('half'), readToEnd],
    failing: 'client',
    server: [readHead, send(longAnswerHead), { do: 'fill', bytes: 1000 }, wait('half'), reset],
    exchanges: [{ ...exchange('GET /reset-cut', 200, 0, 1000), reason: reasons.serverReset }],
  },
  {
    name: 'a server that never answers and does not even notice that the client is gone',
    client: [send(request('GET /never')), wait('asked'), close, tell('gone')],
    server: [readHead, tell('asked'), wait('gone'), close],
    exchanges: [broken('GET /never', reasons.clientGone)],
  },
];

function broken(line: string, reason: string): Exchange {
  return { ...exchange(line, statusWithoutResponse), reason };
}
