import { beforeEach, describe, expect, test } from 'vitest';
import {
  type FramesLoss,
  type FramesRecord,
  Http2Connection,
  type Side,
} from '../../../../src/protocol/http2/connection.ts';
import { fieldOf, type Stream, type StreamEnd } from '../../../../src/protocol/http2/stream.ts';
import { frame, framesLayout, literals, passed, passedOpposite } from '../../../support/http2-bytes.ts';

const DATA = 0;
const HEADERS = 1;
const RST = 3;
const PROMISE = 5;
const GOAWAY = 7;
const CONTINUATION = 9;
const END_STREAM = 1;
const END_HEADERS = 4;
const PADDED = 8;
const PRIORITY = 32;
const WHOLE = END_STREAM | END_HEADERS;

const get = literals({ ':method': 'GET', ':path': '/a' });
const ok = literals({ ':status': '200' });

interface Told {
  readonly id: number;
  readonly path: string;
  readonly status: string;
  readonly end: StreamEnd;
  readonly stream: Stream;
}

let told: Told[];
let lost: FramesLoss[];
let connection: Http2Connection;
let index: { in: number; out: number };
let nowNs: number;

function open(side: Side | undefined = 'server', isWhole = true): void {
  told = [];
  lost = [];
  index = { in: 0, out: 0 };
  nowNs = 1000;
  connection = new Http2Connection({
    layout: framesLayout,
    side,
    isWhole,
    onStream: (stream, _, end) =>
      told.push({
        id: stream.id,
        path: fieldOf(stream.request, ':path'),
        status: fieldOf(stream.response, ':status'),
        end,
        stream,
      }),
    onLoss: (loss) => lost.push(loss),
  });
}

function recordOf(way: 'in' | 'out', bytes: Buffer, continued = 0): FramesRecord {
  nowNs += 10;
  return {
    ...{ isSent: way === 'out', index: index[way]++, continued, pid: 1, nowNs, arrivalNs: nowNs - 5 },
    ...{ bytes: Buffer.concat([Buffer.from('x'), bytes, Buffer.from('y')]), from: 1, to: 1 + bytes.length },
  };
}

function record(way: 'in' | 'out', bytes: Buffer, continued = 0): void {
  connection.read(recordOf(way, bytes, continued));
}

const close = (...frames: Buffer[]) => connection.close(recordOf('in', Buffer.concat(frames)));

const read = (...frames: Buffer[]) => record('in', Buffer.concat(frames));
const write = (...frames: Buffer[]) => record('out', Buffer.concat(frames));

beforeEach(() => open());

test('a request and its response', () => {
  read(frame(HEADERS, END_HEADERS, 1, get), passed(1, 7, true));
  write(frame(HEADERS, END_HEADERS, 1, ok), passed(1, 30_000, false), passed(1, 5, true));
  expect(told).toMatchObject([{ id: 1, path: '/a', status: '200', end: { is: 'complete' } }]);
  const { stream } = told[0] as Told;
  expect([stream.requestBody.bytes, stream.responseBody.bytes]).toEqual([7, 30_005]);
  expect([stream.arrivalNs, stream.startNs, stream.firstByteNs]).toEqual([1005, 1010, 1020]);
});

test('streams that are open at once are told as they end', () => {
  read(...[1, 3, 5].map((id) => frame(HEADERS, WHOLE, id, get)));
  write(...[5, 1, 3].map((id) => frame(HEADERS, WHOLE, id, ok)));
  expect(told.map(({ id }) => id)).toEqual([5, 1, 3]);
});

test('the same seen by the client', () => {
  open('client');
  write(frame(HEADERS, WHOLE, 1, get));
  read(frame(HEADERS, WHOLE, 1, ok));
  expect(told).toMatchObject([{ path: '/a', status: '200' }]);
  expect(told[0]?.stream.arrivalNs).toBe(1010);
});

describe('header blocks', () => {
  test('are put together from CONTINUATION', () => {
    read(frame(HEADERS, END_STREAM, 1, get.subarray(0, 3)));
    read(frame(CONTINUATION, 0, 1, get.subarray(3, 9)), frame(CONTINUATION, END_HEADERS, 1, get.subarray(9)));
    write(frame(HEADERS, WHOLE, 1, ok));
    expect(told).toMatchObject([{ path: '/a' }]);
  });

  test('may have padding and a priority', () => {
    const payload = Buffer.concat([Buffer.from([2]), Buffer.alloc(5), get, Buffer.alloc(2)]);
    read(frame(HEADERS, WHOLE | PADDED | PRIORITY, 1, payload));
    write(frame(HEADERS, WHOLE, 1, ok));
    expect(told).toMatchObject([{ path: '/a' }]);
  });

  test('with more padding than there is of them are lost', () => {
    read(frame(HEADERS, WHOLE | PADDED, 1, Buffer.from([9, 1])));
    expect(lost).toEqual(['header_block']);
  });

  test('go on in the next record at any byte', () => {
    const bytes = frame(HEADERS, WHOLE, 1, get);
    for (let cut = 9; cut < bytes.length; cut++) {
      open();
      record('in', bytes.subarray(0, cut));
      record('in', bytes.subarray(cut), bytes.length - cut);
      write(frame(HEADERS, WHOLE, 1, ok));
      expect([told.length, lost]).toEqual([1, []]);
    }
  });

  test('of a push fill the table and begin no stream', () => {
    open('client');
    write(frame(HEADERS, WHOLE, 1, get));
    const indexed = '40 0161 0162';
    read(frame(PROMISE, END_HEADERS, 1, `00000002 ${indexed}`));
    read(frame(HEADERS, WHOLE, 2, ok), frame(HEADERS, WHOLE, 1, Buffer.concat([ok, Buffer.from('be', 'hex')])));
    expect(told.map(({ stream }) => fieldOf(stream.response, 'a'))).toEqual(['b']);
  });
});

test('interim responses are none, trailers are', () => {
  read(frame(HEADERS, WHOLE, 1, get));
  write(
    frame(HEADERS, END_HEADERS, 1, literals({ ':status': '103' })),
    frame(HEADERS, END_HEADERS, 1, ok),
    passed(1, 8, false, '0000000003'),
    frame(HEADERS, WHOLE, 1, literals({ 'grpc-status': '5' })),
  );
  expect(told).toMatchObject([{ status: '200' }]);
  expect(fieldOf(told[0]?.stream.trailers, 'grpc-status')).toBe('5');
  expect(told[0]?.stream.responseBody.messages).toBe(1);
});

test('trailers of gRPC-Web are text in the body', () => {
  read(frame(HEADERS, WHOLE, 1, get));
  const text = Buffer.from('grpc-status: 13\r\nGrpc-Message: so\r\n');
  const message = Buffer.concat([Buffer.from([0x80, 0, 0, 0, text.length]), text]);
  write(frame(HEADERS, END_HEADERS, 1, ok), frame(DATA, 0, 1, message), passed(1, 0, true));
  expect(fieldOf(told[0]?.stream.trailers, 'grpc-status')).toBe('13');
});

test.each([
  ['in', 'client'],
  ['out', 'server'],
] as const)('a reset that goes %s is by the %s', (way, by) => {
  read(frame(HEADERS, END_HEADERS, 1, get));
  record(way, frame(RST, 0, 1, '00000008'));
  record(way, frame(RST, 0, 1, '00000008'));
  expect(told).toMatchObject([{ end: { is: 'reset', by, code: 8 } }]);
});

describe('an end that is told by something else than the last frame', () => {
  const announced = literals({ ':status': '200', 'content-length': '7' });

  beforeEach(() => open('client'));

  test('takes along the DATA that was not told yet', () => {
    write(frame(HEADERS, WHOLE, 1, get));
    read(frame(HEADERS, END_HEADERS, 1, ok));
    write(passedOpposite(1, 7), frame(RST, 0, 1, '00000008'));
    read(passed(1, 7, false));
    expect(told).toMatchObject([{ end: { is: 'reset', by: 'client' }, stream: { responseBody: { bytes: 7 } } }]);
  });

  test('takes along that of both directions when it is the end of the connection', () => {
    write(frame(HEADERS, END_HEADERS, 1, get));
    read(frame(HEADERS, END_HEADERS, 1, ok));
    close(passed(1, 7, false), passedOpposite(1, 5));
    expect(told).toMatchObject([
      { end: { is: 'closed' }, stream: { requestBody: { bytes: 5 }, responseBody: { bytes: 7 } } },
    ]);
  });

  test('is none when the whole announced answer is there', () => {
    write(frame(HEADERS, WHOLE, 1, get));
    read(frame(HEADERS, END_HEADERS, 1, announced));
    write(passedOpposite(1, 7), frame(RST, 0, 1, '00000005'));
    expect(told).toMatchObject([{ end: { is: 'complete' } }]);
  });

  test('is one when a byte is missing', () => {
    write(frame(HEADERS, WHOLE, 1, get));
    read(frame(HEADERS, END_HEADERS, 1, announced));
    write(passedOpposite(1, 6), frame(RST, 0, 1, '00000005'));
    expect(told).toMatchObject([{ end: { is: 'reset' } }]);
  });
});

test('what GOAWAY leaves out was refused, the rest goes on', () => {
  open('client');
  write(...[1, 3].map((id) => frame(HEADERS, WHOLE, id, get)));
  read(frame(GOAWAY, 0, 0, '00000001 00000000'), frame(HEADERS, WHOLE, 1, ok));
  expect(told.map(({ id, end }) => [id, end.is])).toEqual([
    [3, 'reset'],
    [1, 'complete'],
  ]);
});

test('a connection that ends takes its streams along', () => {
  read(frame(HEADERS, WHOLE, 1, get));
  close();
  close();
  expect(told).toMatchObject([{ end: { is: 'closed' } }]);
});

test('a tunnel ends at its head', () => {
  read(frame(HEADERS, END_HEADERS, 1, literals({ ':method': 'CONNECT', ':authority': 'a:1' })));
  write(frame(HEADERS, END_HEADERS, 1, ok));
  expect(told).toHaveLength(1);
});

describe('a lost record', () => {
  test('is noticed, and what its streams became is not made up', () => {
    read(frame(HEADERS, WHOLE, 1, get));
    index.out++;
    read(frame(HEADERS, WHOLE, 3, get));
    write(frame(HEADERS, WHOLE, 3, ok));
    close();
    expect(told.map(({ id }) => id)).toEqual([3]);
    expect(lost).toEqual(['frames_missing', 'end_missing']);
  });

  test('that held the beginning of a frame: the rest of it is passed over', () => {
    index.in++;
    record('in', Buffer.concat([get.subarray(4), frame(HEADERS, WHOLE, 3, get)]), get.length - 4);
    write(frame(HEADERS, WHOLE, 3, ok));
    expect(told.map(({ id }) => id)).toEqual([3]);
  });
});

test('an old connection: who asks shows by itself, and what is unknown stays so', () => {
  open(undefined, false);
  read(frame(HEADERS, WHOLE, 41, Buffer.from('8386be', 'hex'))); // POST, http, an entry of before
  write(frame(HEADERS, WHOLE, 39, Buffer.from('88', 'hex')), frame(HEADERS, WHOLE, 41, Buffer.from('88', 'hex')));
  expect(told).toMatchObject([{ id: 41, path: '', status: '200' }]);
  expect(connection.side).toBe('server');
});

test('streams are bounded', () => {
  for (let i = 0; i < 5000; i++) read(frame(HEADERS, END_HEADERS, 2 * i + 1, get));
  expect(lost.filter((loss) => loss === 'streams_full')).toHaveLength(5000 - 4096);
});
