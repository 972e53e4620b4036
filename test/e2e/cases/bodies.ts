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
  turns,
} from '../../support/dialogue.ts';

const chunkedHead = (line: string) => `${line}${CRLF}Transfer-Encoding: chunked${blankLine}`;
/** 3 + 26 bytes in two chunks, with everything that may stand around them. */
const chunks = [
  '3;name=value;quoted="a;b"',
  'abc',
  '00001A',
  'abcdefghijklmnopqrstuvwxyz',
  '0;last',
  'Trailer-One: 1',
  'Trailer-Two: GET / HTTP/1.1',
  '',
  '',
].join(CRLF);
const chunkedPost = chunkedHead('POST /chunked HTTP/1.1') + chunks;
const chunkedAnswer = chunkedHead('HTTP/1.1 200 OK') + chunks;
const chunkBytes = 29;
const fakeRequest = request('GET /fake');
const fakeResponse = response(500, 'fake');

/** Bodies: chunked, empty, and such that look like messages. */
export const bodies: readonly Dialogue[] = [
  {
    name: 'chunks with extensions and trailers, both ways, in one write',
    ...turns([chunkedPost, chunkedAnswer], [request('GET /after'), response(200)]),
    exchanges: [exchange('POST /chunked', 200, chunkBytes, chunkBytes), exchange('GET /after', 200)],
  },
  {
    name: 'the same cut into every length from one byte to seven',
    client: [1, 2, 3, 5, 7].flatMap((each) => [send(chunkedPost, { each }), read(chunkedAnswer.length, { max: each })]),
    server: [1, 2, 3, 5, 7].flatMap((each) => [read(chunkedPost.length, { max: each }), send(chunkedAnswer, { each })]),
    exchanges: Array.from({ length: 5 }, () => exchange('POST /chunked', 200, chunkBytes, chunkBytes)),
  },
  {
    name: 'chunked pipelined behind chunked',
    client: [send(chunkedPost + chunkedPost + request('GET /third')), read(chunkedAnswer.length * 2), readHead],
    server: [read(chunkedPost.length * 2), readHead, send(chunkedAnswer + chunkedAnswer + response(200))],
    exchanges: [
      exchange('POST /chunked', 200, chunkBytes, chunkBytes),
      exchange('POST /chunked', 200, chunkBytes, chunkBytes),
      exchange('GET /third', 200),
    ],
  },
  {
    name: 'no bytes at all, announced and chunked',
    ...turns(
      [request('POST /announced', '', 'Content-Length: 0'), response(200)],
      [`${chunkedHead('POST /no-chunks HTTP/1.1')}0${blankLine}`, `${chunkedHead('HTTP/1.1 200 OK')}0${blankLine}`],
      [request('GET /after-nothing'), response(200)],
    ),
    exchanges: [
      exchange('POST /announced', 200),
      exchange('POST /no-chunks', 200),
      exchange('GET /after-nothing', 200),
    ],
  },
  {
    name: 'a length beside chunks does not count',
    ...turns(
      [
        `POST /both HTTP/1.1${CRLF}Content-Length: 3${CRLF}Transfer-Encoding: chunked${blankLine}5${CRLF}hello${CRLF}0${blankLine}`,
        response(200),
      ],
      [request('GET /after-both'), response(200)],
    ),
    exchanges: [exchange('POST /both', 200, 5), exchange('GET /after-both', 200)],
  },
  {
    name: 'bodies that look like messages, in the write of their head',
    ...turns(
      [request('POST /real', fakeRequest), response(200, fakeResponse)],
      [request('POST /real-again', fakeResponse), response(200, fakeRequest)],
    ),
    exchanges: [
      exchange('POST /real', 200, fakeRequest.length, fakeResponse.length),
      exchange('POST /real-again', 200, fakeResponse.length, fakeRequest.length),
    ],
  },
  {
    name: 'bodies that look like messages, in a write of their own',
    client: [
      send(request('POST /apart', fakeRequest), {
        at: [request('POST /apart', fakeRequest).length - fakeRequest.length],
      }),
      readHead,
      read(fakeResponse.length, { max: fakeResponse.length }),
    ],
    server: [
      readHead,
      read(fakeRequest.length, { max: fakeRequest.length }),
      send(response(200, fakeResponse), { at: [response(200, fakeResponse).length - fakeResponse.length] }),
    ],
    exchanges: [exchange('POST /apart', 200, fakeRequest.length, fakeResponse.length)],
  },
  {
    name: 'chunks that look like messages',
    ...turns(
      [
        `${chunkedHead('POST /chunky HTTP/1.1')}${fakeRequest.length.toString(16)}${CRLF}${fakeRequest}${CRLF}0${blankLine}`,
        `${chunkedHead('HTTP/1.1 200 OK')}${fakeResponse.length.toString(16)}${CRLF}${fakeResponse}${CRLF}0${blankLine}`,
      ],
      [request('GET /after-chunky'), response(200)],
    ),
    exchanges: [
      exchange('POST /chunky', 200, fakeRequest.length, fakeResponse.length),
      exchange('GET /after-chunky', 200),
    ],
  },
];
