import { type FramesRecord, Http2Connection } from '../../src/protocol/http2/connection.ts';
import { streamSpan } from '../../src/protocol/http2/stream-span.ts';
import { frame, framesLayout, literals, passed, passedOpposite } from './http2-bytes.ts';
import { randomNumbers } from './random.ts';
import { testService } from './spans.ts';

/** Records of a well-behaved connection, by which way they go: what mutations start from. */
const received = [
  frame(1, 5, 1, '828684418cf1e3c2e5f23a6ba0ab90f4ff'),
  frame(
    1,
    4,
    3,
    literals({ ':method': 'POST', ':path': '/a.B/C', 'content-type': 'application/grpc', te: 'trailers' }),
  ),
  Buffer.concat([passed(3, 8, false, '0000000003'), passed(3, 8, true, '0000000003')]),
  frame(1, 0x2d, 5, `02 8000000010 828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565 0000`),
  Buffer.concat([frame(1, 1, 7, '8286'), frame(9, 0, 7, '84'), frame(9, 4, 7, 'be')]),
  Buffer.concat([passedOpposite(5, 9), frame(3, 0, 5, '00000008')]),
  frame(7, 0, 0, '0000000500000000'),
];
const sent = [
  frame(1, 4, 1, '3fe101488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff'),
  passed(1, 100, true, '8000000005'),
  frame(1, 4, 3, literals({ ':status': '200', 'content-type': 'application/grpc' })),
  frame(1, 5, 3, literals({ 'grpc-status': '5' })),
  frame(0, 1, 7, Buffer.from('\u0080\0\0\0\u000egrpc-status: 0', 'latin1')),
  frame(5, 4, 1, '00000002 828684be'),
  frame(3, 0, 7, '00000002'),
];
const inputsOfConnection = 64;
/** No connection keeps more: both tables at their limit, all streams, a block and a frame in parts. */
export const maxConnectionBytes = 1024 + 2 * 65536 + 4096 * 512;

export interface Fuzzed {
  readonly spans: number;
  readonly losses: number;
  readonly mostBytes: number;
}

/** Feeds that many mutated records to connections and makes spans of what comes. Throws where the code does. */
export function fuzzHttp2(seed: number, inputs: number): Fuzzed {
  const numbers = randomNumbers(seed);
  // the upper bits: the lower ones of neighbours are alike
  const below = (limit: number): number => Math.floor((numbers.next().value / 2 ** 32) * limit);
  const result = { spans: 0, losses: 0, mostBytes: 0 };
  const end = { address: '127.0.0.1', port: 1, name: '' };
  const around = {
    service: testService(),
    peer: end,
    host: end,
    closedBy: 'client_abort',
    sensitiveQueryKeys: undefined,
  } as const;
  let connection: Http2Connection | undefined;
  let indexes = [0, 0];
  for (let i = 0; i < inputs; i++) {
    if (connection === undefined || i % inputsOfConnection === 0) {
      connection?.close(recordOf(false, 0, 0, i, passedOpposite(1, 2)));
      indexes = [0, 0];
      connection = new Http2Connection({
        layout: framesLayout,
        side: ([undefined, 'server', 'client'] as const)[below(3)],
        isWhole: below(2) === 0,
        onStream: (stream, side, how, endNs) => {
          streamSpan(stream, side, how, endNs, around);
          result.spans++;
        },
        onLoss: () => result.losses++,
      });
    }
    const isSent = below(2) === 1;
    const corpus = isSent ? sent : received;
    const bytes = mutated(corpus[below(corpus.length)] as Buffer, below);
    if (below(50) === 0) indexes[Number(isSent)] = below(9);
    const index = indexes[Number(isSent)] ?? 0;
    indexes[Number(isSent)] = index + 1;
    const continued = below(20) === 0 ? below(40) : 0;
    connection.read(recordOf(isSent, index, continued, i, bytes));
    result.mostBytes = Math.max(result.mostBytes, connection.bytes);
  }
  return result;
}

function recordOf(isSent: boolean, index: number, continued: number, nowNs: number, bytes: Buffer): FramesRecord {
  return { isSent, index, continued, pid: 1, nowNs, arrivalNs: nowNs, bytes, from: 0, to: bytes.length };
}

function mutated(original: Buffer, below: (limit: number) => number): Buffer {
  let bytes = Buffer.from(original);
  for (let changes = below(4); changes > 0; changes--) {
    const at = below(bytes.length);
    switch (below(6)) {
      case 0:
        bytes[at] = below(256);
        break;
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
        break;
      case 2:
        bytes = bytes.subarray(0, at);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(below(bytes.length))]);
        break;
      case 4:
        bytes[at] = 0xff;
        break;
      default:
        bytes.writeUInt8(below(64), Math.min(2, bytes.length - 1));
    }
    if (bytes.length === 0) return Buffer.from([below(256)]);
  }
  return bytes;
}
