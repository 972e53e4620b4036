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
} from '../../support/dialogue.ts';
import type { Reader, Step, Writer } from '../../support/raw-peer.ts';

const writers: readonly Writer[] = ['send', 'write', 'writev', 'sendmsg', 'zerocopy'];
/** These move pages that no program can read a head from; the length of a body they carry is known all the same. */
const pageWriters: readonly Writer[] = ['sendfile', 'splice'];
const readers: readonly Reader[] = ['recv', 'read', 'readv', 'recvmsg', 'peek'];

const bodyBytes = 300_000;
const hugeBytes = 100_000_000;
const hugeBlock = 1 << 20;
/** Odd, so that chunks and packets never line up. */
const chunkBlock = 65_537;

/** Every call that writes and reads on sockets. */
export const calls: readonly Dialogue[] = [
  ...writers.map((how): Dialogue => {
    const asked = request(`POST /by-${how}`, 'abc');
    const answered = response(200, 'defgh');
    return {
      name: `whole messages by ${how}`,
      client: [send(asked, { how }), read(answered.length), send(asked, { how }), read(answered.length)],
      server: [read(asked.length), send(answered, { how }), read(asked.length), send(answered, { how })],
      exchanges: [exchange(`POST /by-${how}`, 200, 3, 5), exchange(`POST /by-${how}`, 200, 3, 5)],
    };
  }),
  ...[...writers, ...pageWriters].map(
    (how): Dialogue => ({
      name: `bodies by ${how}`,
      ...bothWays(`/body-by-${how}`, bodyBytes, [{ do: 'fill', bytes: bodyBytes, how, block: 30_000 }], 65_536, 'recv'),
      exchanges: twice(`/body-by-${how}`, bodyBytes),
    }),
  ),
  ...readers.map(
    (how): Dialogue => ({
      name: `messages read by ${how}`,
      ...bothWays(`/read-by-${how}`, bodyBytes, [{ do: 'fill', bytes: bodyBytes }], 10_000, how),
      exchanges: twice(`/read-by-${how}`, bodyBytes),
    }),
  ),
  {
    name: 'bodies read by splice',
    ...bothWays('/body-to-pipe', bodyBytes, [{ do: 'fill', bytes: bodyBytes }], 65_536, 'recv', 'splice'),
    exchanges: twice('/body-to-pipe', bodyBytes),
  },
];

/** To programs that see calls, nobody knows what the server answered: no span there, for it could only be a wrong one. */
export const pageHeads: readonly Dialogue[] = pageWriters.map((how) => {
  const [unseen, seen] = [request('GET /head-unread'), request('GET /head-read')];
  const answered = response(200, 'hello');
  return {
    name: `a response whose head lies in pages, by ${how}`,
    client: [send(unseen), read(answered.length), send(seen), read(answered.length)],
    server: [read(unseen.length), send(answered, { how }), read(seen.length), send(answered)],
    exchanges: [exchange('GET /head-read', 200, 0, 5)],
    clientExchanges: [exchange('GET /head-unread', 200, 0, 5), exchange('GET /head-read', 200, 0, 5)],
  };
});

/** A packet has the bytes, whatever moved them there. */
export const pageHeadsInPackets: readonly Dialogue[] = pageHeads.map(({ clientExchanges, ...dialogue }) => ({
  ...dialogue,
  exchanges: clientExchanges ?? [],
}));

/** 100 MB each way; the length is told beforehand. */
export const huge: readonly Dialogue[] = (['send', 'sendfile'] as const).map((how) => ({
  name: `100 MB each way by ${how}`,
  ...bothWays(
    `/huge-by-${how}`,
    hugeBytes,
    [{ do: 'fill', bytes: hugeBytes, how, block: hugeBlock }],
    hugeBlock,
    'recv',
  ),
  exchanges: twice(`/huge-by-${how}`, hugeBytes),
}));

/** Behind a packet that went unseen, as happens on a busy machine, nobody knows where the next chunk begins. */
export const hugeInChunks: readonly Dialogue[] = [
  {
    name: '100 MB each way in chunks',
    client: [...hugeChunks('PUT /huge-in-chunks HTTP/1.1'), ...readHugeChunks(), ...after().client],
    server: [...readHugeChunks(), ...hugeChunks('HTTP/1.1 200 OK'), ...after().server],
    exchanges: [exchange('PUT /huge-in-chunks', 200, hugeBytes, hugeBytes), exchange('GET /after', 200)],
  },
];

/** The same body up and down, then a small exchange that shows that the end was found. */
function bothWays(
  path: string,
  bytes: number,
  body: readonly Step[],
  max: number,
  headReader: Reader,
  bodyReader: Reader = headReader,
): { client: Step[]; server: Step[] } {
  const asked = `PUT ${path} HTTP/1.1${CRLF}Content-Length: ${bytes}${blankLine}`;
  const answered = `HTTP/1.1 200 OK${CRLF}Content-Length: ${bytes}${blankLine}`;
  // Heads are read alone, so that the body is read by the calls that the case is about.
  const readAll = (head: string): Step[] => [
    read(head.length, { max: head.length, how: headReader }),
    read(bytes, { max, how: bodyReader }),
  ];
  return {
    client: [send(asked), ...body, ...readAll(answered), ...after().client],
    server: [...readAll(asked), send(answered), ...body, ...after().server],
  };
}

function after(): { client: Step[]; server: Step[] } {
  return { client: [send(request('GET /after')), readHead], server: [readHead, send(response(200))] };
}

function twice(path: string, bytes: number) {
  return [exchange(`PUT ${path}`, 200, bytes, bytes), exchange('GET /after', 200)];
}

function hugeChunks(line: string): Step[] {
  return [
    send(`${line}${CRLF}Transfer-Encoding: chunked${blankLine}`),
    { do: 'chunks', bytes: hugeBytes, block: chunkBlock },
    send(`0${blankLine}`),
  ];
}

function readHugeChunks(): Step[] {
  return [readHead, read(hugeChunkedBytes(), { max: hugeBlock })];
}

/** The body with its framing. */
function hugeChunkedBytes(): number {
  const whole = Math.floor(hugeBytes / chunkBlock);
  const rest = hugeBytes % chunkBlock;
  const framed = (size: number) => size.toString(16).length + size + 2 * CRLF.length;
  return whole * framed(chunkBlock) + framed(rest) + `0${blankLine}`.length;
}
