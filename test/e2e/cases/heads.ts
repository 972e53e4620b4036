import {
  blankLine,
  CRLF,
  type Dialogue,
  exchange,
  read,
  readHead,
  readToEnd,
  request,
  response,
  send,
  turns,
} from '../../support/dialogue.ts';

const asked = (i: number) => request(`POST /split/${i}`, 'abc');
const answered = response(200, 'defgh');
const cuts = Array.from({ length: asked(10).length - 1 }, (_, i) => i + 1);
const answerCuts = Array.from({ length: answered.length - 1 }, (_, i) => i + 1);
const longPath = (bytes: number) => `/${'p'.repeat(bytes - 1)}`;
const bigHeader = `X-Big: ${'v'.repeat(64 * 1024)}`;
const manyHeaders = Array.from({ length: 1000 }, (_, i) => `X-${i}: ${'w'.repeat(60)}`);

/** Heads in every form and every cut. */
export const heads: readonly Dialogue[] = [
  {
    name: 'requests cut at every byte, in the writes of the client and the reads of the server',
    client: cuts.flatMap((cut) => [send(asked(cut), { at: [cut] }), read(answered.length)]),
    server: cuts.flatMap((cut) => [read(cut, { max: cut }), read(asked(cut).length - cut), send(answered)]),
    exchanges: cuts.map((cut) => exchange(`POST /split/${cut}`, 200, 3, 5)),
  },
  {
    name: 'responses cut at every byte, in the writes of the server and the reads of the client',
    client: answerCuts.flatMap((cut) => [send(asked(cut)), read(cut, { max: cut }), read(answered.length - cut)]),
    server: answerCuts.flatMap((cut) => [read(asked(cut).length), send(answered, { at: [cut] })]),
    exchanges: answerCuts.map((cut) => exchange(`POST /split/${cut}`, 200, 3, 5)),
  },
  {
    name: 'everything byte by byte',
    client: [send(asked(0), { each: 1 }), read(answered.length, { max: 1 }), send(asked(1), { each: 1 }), readHead],
    server: [
      read(asked(0).length, { max: 1 }),
      send(answered, { each: 1 }),
      read(asked(1).length, { max: 1 }),
      send(response(404), { each: 1 }),
    ],
    exchanges: [exchange('POST /split/0', 200, 3, 5), exchange('POST /split/1', 404, 3)],
  },
  {
    name: 'long URLs',
    ...turns(
      [request(`GET ${longPath(300)}`), response(200)],
      [request(`GET ${longPath(4096)}`), response(200)],
      [request(`GET /query?${'q'.repeat(4096)}`), response(200)],
    ),
    exchanges: [
      exchange(`GET ${longPath(300)}`, 200),
      exchange(`GET ${longPath(4096)}`, 200),
      exchange('GET /query', 200),
    ],
  },
  {
    name: 'a long URL byte by byte',
    client: [send(request(`GET ${longPath(1500)}`), { each: 1 }), readHead],
    server: [read(request(`GET ${longPath(1500)}`).length, { max: 1 }), send(response(200))],
    exchanges: [exchange(`GET ${longPath(1500)}`, 200)],
  },
  {
    name: 'heads of 64 KB',
    ...turns(
      [request('POST /one-header', 'abc', bigHeader), response(200, 'de', bigHeader)],
      [request('POST /many-headers', 'abc', ...manyHeaders), response(200, 'de', ...manyHeaders)],
      [request('GET /small'), response(200)],
    ),
    exchanges: [
      exchange('POST /one-header', 200, 3, 2),
      exchange('POST /many-headers', 200, 3, 2),
      exchange('GET /small', 200),
    ],
  },
  {
    name: 'lines that end with a bare LF',
    ...turns(
      ['POST /bare HTTP/1.1\nHost: test\nContent-Length: 3\n\nabc', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nde'],
      ['POST /bare-chunks HTTP/1.1\nTransfer-Encoding: chunked\n\n3\nabc\n0\n\n', 'HTTP/1.1 204 No Content\n\n'],
      [request('GET /after-bare'), response(200)],
    ),
    exchanges: [
      exchange('POST /bare', 200, 3, 2),
      exchange('POST /bare-chunks', 204, 3),
      exchange('GET /after-bare', 200),
    ],
  },
  {
    name: 'empty lines before a request',
    ...turns(
      [`${CRLF}${request('GET /late')}`, response(200)],
      [`${CRLF}${CRLF}${request('GET /later')}`, response(200)],
    ),
    exchanges: [exchange('GET /late', 200), exchange('GET /later', 200)],
  },
  {
    name: 'header names in any case, values with any blanks, names that only look alike',
    ...turns(
      [
        `POST /lower HTTP/1.1${CRLF}content-length:3${blankLine}abc`,
        `HTTP/1.1 200 OK${CRLF}CONTENT-LENGTH: \t 2 ${blankLine}de`,
      ],
      [
        `POST /upper HTTP/1.1${CRLF}TRANSFER-ENCODING:  Chunked${blankLine}3${CRLF}abc${CRLF}0${blankLine}`,
        `HTTP/1.1 200 OK${CRLF}X-Content-Length: 50${CRLF}Content-Length-Hint: 60${CRLF}Content-Length: 2${blankLine}de`,
      ],
      [request('GET /after-names'), response(200)],
    ),
    exchanges: [
      exchange('POST /lower', 200, 3, 2),
      exchange('POST /upper', 200, 3, 2),
      exchange('GET /after-names', 200),
    ],
  },
  {
    name: 'a last response without a length after one with',
    client: [send(request('GET /with')), readHead, send(request('GET /without', '', 'Connection: close')), readToEnd],
    server: [readHead, send(response(200)), readHead, send(`HTTP/1.1 200 OK${CRLF}Connection: close${blankLine}tail`)],
    exchanges: [exchange('GET /with', 200), exchange('GET /without', 200, 0, 4)],
  },
];
