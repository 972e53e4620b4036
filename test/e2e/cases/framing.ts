import {
  blankLine,
  CRLF,
  close,
  type Dialogue,
  exchange,
  read,
  readHead,
  readToEnd,
  request,
  response,
  send,
  shutdown,
  tell,
  turns,
  wait,
} from '../../support/dialogue.ts';

const count = 200;
const numbers = Array.from({ length: count }, (_, i) => i);
const pipelined = numbers.map((i) => request(`GET /pipelined/${i}`)).join('');
const answers = numbers.map((i) => response(200, 'x'.repeat(i))).join('');
const pipelinedExchanges = numbers.map((i) => exchange(`GET /pipelined/${i}`, 200, 0, i));
const wideBytes = 10_000;
const inChunks = (head: string) =>
  [head, 'Transfer-Encoding: chunked', '', wideBytes.toString(16), 'x'.repeat(wideBytes), '0', '', ''].join(CRLF);
const wideAsked = inChunks(`POST /wide HTTP/1.1${CRLF}Host: test`);
const wideAnswer = inChunks('HTTP/1.1 200 OK');
const wholeRun = { max: 1 << 20 };

/** Where messages begin and end: https://www.rfc-editor.org/rfc/rfc9112#section-6 */
export const framing: readonly Dialogue[] = [
  {
    name: 'several requests on one connection',
    ...turns(
      [request('GET /one'), response(200, 'hello')],
      [request('POST /two?a=b', 'abcdef'), response(201)],
      [request('DELETE /three'), response(500, 'x'.repeat(1000))],
    ),
    exchanges: [
      exchange('GET /one', 200, 0, 5),
      exchange('POST /two', 201, 6),
      exchange('DELETE /three', 500, 0, 1000),
    ],
  },
  {
    name: `${count} requests in one write, read at once, answered in one write`,
    client: [send(pipelined), tell('sent'), wait('answered'), read(answers.length, wholeRun)],
    server: [wait('sent'), read(pipelined.length, wholeRun), send(answers), tell('answered')],
    exchanges: pipelinedExchanges,
  },
  {
    name: `${count} requests in one write, answered one by one`,
    client: [send(pipelined), read(answers.length)],
    server: [read(pipelined.length, wholeRun), ...numbers.map((i) => send(response(200, 'x'.repeat(i))))],
    exchanges: pipelinedExchanges,
  },
  {
    name: `${count} requests and their answers, the second half of which comes before the first`,
    client: [send(pipelined, { how: 'reordered' }), read(answers.length)],
    server: [read(pipelined.length), send(answers, { how: 'reordered' })],
    exchanges: pipelinedExchanges,
  },
  {
    name: 'chunks that are cut where packets change their order',
    client: [send(wideAsked, { how: 'reordered' }), read(wideAnswer.length), send(request('GET /narrow')), readHead],
    server: [read(wideAsked.length), send(wideAnswer, { how: 'reordered' }), readHead, send(response(204))],
    exchanges: [exchange('POST /wide', 200, wideBytes, wideBytes), exchange('GET /narrow', 204)],
  },
  {
    name: 'HEAD, whose response announces a body that does not come',
    client: [send(request('HEAD /head')), readHead, send(request('GET /after-head')), readHead],
    server: [readHead, send(`HTTP/1.1 200 OK${CRLF}Content-Length: 1000${blankLine}`), readHead, send(response(200))],
    exchanges: [exchange('HEAD /head', 200), exchange('GET /after-head', 200)],
  },
  {
    name: '204 and 304, which have no body whatever they announce',
    client: ['/204', '/304', '/304-long', '/200'].flatMap((path) => [send(request(`GET ${path}`)), readHead]),
    server: [
      readHead,
      send(`HTTP/1.1 204 No Content${blankLine}`),
      readHead,
      send(`HTTP/1.1 304 Not Modified${blankLine}`),
      readHead,
      send(`HTTP/1.1 304 Not Modified${CRLF}Content-Length: 12345${blankLine}`),
      readHead,
      send(response(200)),
    ],
    exchanges: [
      exchange('GET /204', 204),
      exchange('GET /304', 304),
      exchange('GET /304-long', 304),
      exchange('GET /200', 200),
    ],
  },
  {
    name: '100 Continue',
    client: [
      send(`POST /continue HTTP/1.1${CRLF}Expect: 100-continue${CRLF}Content-Length: 7${blankLine}`),
      readHead,
      send('payload'),
      readHead,
    ],
    server: [readHead, send(`HTTP/1.1 100 Continue${blankLine}`), read(7), send(response(201))],
    exchanges: [exchange('POST /continue', 201, 7)],
  },
  {
    name: 'a refusal in place of 100 Continue',
    client: [
      send(`POST /refused HTTP/1.1${CRLF}Expect: 100-continue${CRLF}Content-Length: 7${blankLine}`),
      readHead,
      send(request('GET /after-refused')),
      readHead,
    ],
    server: [readHead, send(response(417)), readHead, send(response(200))],
    exchanges: [exchange('POST /refused', 417), exchange('GET /after-refused', 200)],
  },
  {
    name: 'early hints before the response',
    client: [send(request('GET /hints')), readHead, readHead, read(4)],
    server: [
      readHead,
      send(`HTTP/1.1 103 Early Hints${CRLF}Link: </style.css>${blankLine}`),
      send(response(200, 'body')),
    ],
    exchanges: [exchange('GET /hints', 200, 0, 4)],
  },
  {
    name: 'a response that ends with the connection',
    client: [send(request('GET /until-close')), readToEnd],
    server: [readHead, send(`HTTP/1.1 200 OK${blankLine}some`), send('thing'), close],
    exchanges: [exchange('GET /until-close', 200, 0, 9)],
  },
  {
    name: 'HTTP/1.0 with and without keep-alive',
    client: [
      send(`GET /first HTTP/1.0${CRLF}Connection: keep-alive${blankLine}`),
      readHead,
      send(`GET /second HTTP/1.0${blankLine}`),
      readToEnd,
    ],
    server: [
      readHead,
      send(`HTTP/1.0 200 OK${CRLF}Connection: keep-alive${CRLF}Content-Length: 0${blankLine}`),
      readHead,
      send(`HTTP/1.0 404 Not Found${blankLine}nothing here`),
      close,
    ],
    exchanges: [exchange('GET /first', 200), exchange('GET /second', 404, 0, 12)],
  },
  {
    name: 'an upgrade ends at its head, what follows is another protocol',
    client: [
      send(`GET /chat HTTP/1.1${CRLF}Connection: Upgrade${CRLF}Upgrade: websocket${blankLine}`),
      readHead,
      send(request('GET /inside-websocket')),
      readHead,
    ],
    server: [
      readHead,
      send(`HTTP/1.1 101 Switching Protocols${CRLF}Upgrade: websocket${blankLine}`),
      readHead,
      send(response(200)),
    ],
    exchanges: [exchange('GET /chat', 101)],
  },
  {
    name: 'a tunnel ends at its head, what follows is another protocol',
    client: [
      send(`CONNECT example.org:443 HTTP/1.1${CRLF}Host: example.org:443${blankLine}`),
      readHead,
      send(request('GET /inside-tunnel')),
      readHead,
    ],
    server: [readHead, send(`HTTP/1.1 200 Connection established${blankLine}`), readHead, send(response(200))],
    exchanges: [exchange('CONNECT', 200)],
  },
  {
    name: 'OPTIONS * and a target with scheme and host',
    ...turns(
      [request('OPTIONS *'), response(200)],
      [request('GET http://example.org/absolute?x=1'), response(200)],
      [request('GET /rooted'), response(200)],
    ),
    exchanges: [exchange('OPTIONS *', 200), exchange('GET /absolute', 200), exchange('GET /rooted', 200)],
  },
  {
    name: 'a client that says that it sends nothing more',
    client: [send(request('POST /half-closed', 'abc')), shutdown, readToEnd],
    server: [readHead, readToEnd, send(response(200, 'fine')), close],
    exchanges: [exchange('POST /half-closed', 200, 3, 4)],
  },
  {
    name: 'a response read when both directions are closed already',
    client: [send(request('POST /all-closed', 'abc')), shutdown, wait('closed'), readToEnd],
    server: [readHead, readToEnd, send(response(200, 'fine')), close, tell('closed')],
    exchanges: [exchange('POST /all-closed', 200, 3, 4)],
  },
  {
    name: 'a response read when the server has closed already',
    client: [send(request('GET /server-closed')), wait('closed'), readToEnd],
    server: [readHead, send(response(200, 'fine')), close, tell('closed')],
    exchanges: [exchange('GET /server-closed', 200, 0, 4)],
  },
  {
    name: 'a response before the request is over',
    client: [
      send(`PUT /early HTTP/1.1${CRLF}Content-Length: 100000${blankLine}`),
      { do: 'fill', bytes: 50_000 },
      readHead,
      { do: 'fill', bytes: 50_000 },
      send(request('GET /after-early')),
      readHead,
    ],
    server: [readHead, read(50_000), send(response(413)), read(50_000), readHead, send(response(200))],
    exchanges: [exchange('PUT /early', 413, 100_000), exchange('GET /after-early', 200)],
  },
  {
    name: 'methods of other standards and status codes without a reason',
    ...turns(
      [request('PROPFIND /dav'), response(207)],
      [request('M-SEARCH /upnp'), response(`200${CRLF}X: y`)],
      [request('PURGE /cache'), response('599 ')],
      [request('PATCH /part', 'ab'), response('200 A reason: with odd words')],
    ),
    exchanges: [
      exchange('PROPFIND /dav', 207),
      exchange('M-SEARCH /upnp', 200),
      exchange('PURGE /cache', 599),
      exchange('PATCH /part', 200, 2),
    ],
  },
];
