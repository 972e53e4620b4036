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
  turns,
} from '../../support/dialogue.ts';
import { randomBytes, randomNumbers } from '../../support/random.ts';

const numbers = randomNumbers(20_230_913);
const garbage = Array.from({ length: 40 }, (_, i) => randomBytes(numbers, 1 + i * 50));
const whole = request('GET /whole-head');
/** A gigabyte takes minutes on the raw peers; what a long head costs the agent does not depend on its length. */
const endlessHeadBytes = 64 << 20;

function bytesOnly(name: string, asked: string, answered: string): Dialogue {
  return {
    name,
    client: [send(asked), read(answered.length), close],
    server: [read(asked.length), send(answered), readToEnd],
    exchanges: [],
  };
}

/** Bytes that are no HTTP/1: no span may come of them, and something must count them. */
export const garbled: readonly Dialogue[] = [
  ...garbage.map((bytes, i) => bytesOnly(`random bytes ${i}`, bytes, garbage[garbage.length - 1 - i] ?? '')),
  bytesOnly('a protocol of other words', `EHLO test${CRLF}`, `250-test${CRLF}250 HELP${CRLF}`),
  bytesOnly('a method in small letters', `get / HTTP/1.1${blankLine}`, `HTTP/1.1 400 Bad Request${blankLine}`),
  bytesOnly('a request line without a version', `GET /${CRLF}${CRLF}`, 'hello'),
  bytesOnly('a version of the future', `GET / HTTP/9.9${blankLine}`, `HTTP/9.9 200 OK${blankLine}`),
  bytesOnly('a request line that is only blanks', `GET    ${blankLine}`, response(400)),
  bytesOnly('a NUL in the method', `G\0T / HTTP/1.1${blankLine}`, response(400)),
  bytesOnly(
    'a TLS greeting',
    `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${'r'.repeat(512)}`,
    '\x15\x03\x01\x00\x02\x02\x28',
  ),
  bytesOnly('the preface of HTTP/2', `PRI * HTTP/2.0${CRLF}${CRLF}SM${CRLF}${CRLF}`, '\0\0\0\x04\0\0\0\0\0'),
];

/** Heads that never end. */
export const truncated: readonly Dialogue[] = [
  ...[5, 14, 20, whole.length - 4, whole.length - 1].map(
    (length): Dialogue => ({
      name: `a head that ends after ${length} bytes`,
      client: [send(whole.slice(0, length)), close],
      server: [readToEnd, close],
      exchanges: [],
    }),
  ),
  {
    name: 'a header of 64 MiB without an end',
    client: [send(`GET /endless HTTP/1.1${CRLF}X: `), { do: 'fill', bytes: endlessHeadBytes, block: 1 << 20 }, close],
    server: [readToEnd, close],
    exchanges: [],
  },
  {
    name: 'a target of 1 MiB, refused',
    client: [send('GET /'), { do: 'fill', bytes: 1 << 20 }, readHead, close],
    server: [read(5 + (1 << 20)), send(response(414)), readToEnd],
    exchanges: [],
  },
];

/** Requests that are HTTP as far as an agent needs to know, with something odd in them. */
export const odd: readonly Dialogue[] = [
  {
    name: 'garbage after an exchange',
    client: [...turns([request('GET /good'), response(200)]).client, send('\x01\x02\x03'), close],
    server: [...turns([request('GET /good'), response(200)]).server, readToEnd],
    exchanges: [exchange('GET /good', 200)],
  },
  {
    name: 'a length that is no number',
    ...turns(
      [`POST /nan HTTP/1.1${CRLF}Content-Length: many${blankLine}`, response(400)],
      [request('GET /after-nan'), response(200)],
    ),
    exchanges: [exchange('POST /nan', 400), exchange('GET /after-nan', 200)],
  },
  {
    name: 'a refused length of 30 digits',
    client: [send(`POST /long HTTP/1.1${CRLF}Content-Length: ${'9'.repeat(30)}${blankLine}`), readToEnd],
    server: [readHead, send(`HTTP/1.1 413 Too Large${CRLF}Content-Length: 0${blankLine}`), close],
    exchanges: [exchange('POST /long', 413)],
  },
  {
    name: 'chunks whose size is no number, refused',
    client: [
      send(`POST /chunk-garbage HTTP/1.1${CRLF}Transfer-Encoding: chunked${blankLine}zzz${CRLF}abc${CRLF}`),
      readToEnd,
    ],
    server: [readHead, send(response(400)), close],
    exchanges: [exchange('POST /chunk-garbage', 400)],
  },
];
