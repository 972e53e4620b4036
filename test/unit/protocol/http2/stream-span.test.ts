import { expect, test } from 'vitest';
import { ErrorCode } from '../../../../src/protocol/http2/frame.ts';
import { Stream, type StreamEnd } from '../../../../src/protocol/http2/stream.ts';
import { streamSpan } from '../../../../src/protocol/http2/stream-span.ts';
import { testService } from '../../../support/spans.ts';

const field = (name: string, value: string) => ({ name, value, size: 0 });
const request = [
  ...[field(':path', '/shop.Cart/Add'), field('content-type', 'application/grpc')],
  field('grpc-timeout', '200m'),
];
const endpoint = { address: '127.0.0.1', port: 1, name: '' };
const around = { service: testService(), peer: endpoint, host: endpoint, sensitiveQueryKeys: undefined };
const cancelled: StreamEnd = { is: 'reset', by: 'client', code: ErrorCode.cancel };

/** Instants in ms; `arrived` 0: the process itself asked. */
function codeOf(end: StreamEnd, arrived: number, begun: number, over: number): number {
  const stream = new Stream(1, 10, request, arrived * 1e6, begun * 1e6);
  const side = arrived > 0 ? 'server' : 'client';
  return streamSpan(stream, side, end, over * 1e6, { ...around, closedBy: 'client_abort' }).statusCode;
}

test.each([
  ['a client that waited as long as it had said', 0, 1000, 1199, 4],
  ['one that gave up before', 0, 1000, 1100, 1],
  ['a server that read the request at once', 1000, 1001, 1200, 4],
  ['one that was busy when the request came', 1000, 1050, 1200, 4],
  ['one whose client gave up before', 1000, 1050, 1150, 1],
])('a call cut short by its caller: %s', (_, arrived, begun, over, code) => {
  expect(codeOf(cancelled, arrived, begun, over)).toBe(code);
});

test('a connection that closes within the time of the call', () => {
  expect(codeOf({ is: 'closed' }, 1000, 1000, 1100)).toBe(1);
  expect(codeOf({ is: 'closed' }, 0, 1000, 1100)).toBe(14);
  expect(codeOf({ is: 'closed' }, 0, 1000, 1200)).toBe(4);
});
