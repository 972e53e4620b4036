import { type ClientHttp2Session, connect, createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { callGrpc } from '../../../src/lib/grpc-call.ts';

let server: Http2Server;
let session: ClientHttp2Session;

afterEach(async () => {
  session.destroy();
  await new Promise((resolve) => server.close(resolve));
});

type Answer = (stream: ServerHttp2Stream, path: string, request: Buffer) => void;

async function call(answer: Answer, limits: { timeoutMs?: number; maxAnswerBytes?: number } = {}) {
  server = createServer();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('end', () => answer(stream, String(headers[':path']), Buffer.concat(parts)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const request = Buffer.from('question');
  return callGrpc(session, { path: '/test.Service/Ask', request, timeoutMs: 2000, maxAnswerBytes: 1000, ...limits });
}

function framed(text: string): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(text.length, 1);
  return Buffer.concat([prefix, Buffer.from(text)]);
}

const ok = { ':status': 200, 'content-type': 'application/grpc' };

function succeed(stream: ServerHttp2Stream, text: string, trailers: Record<string, string>): void {
  stream.respond(ok, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(framed(text));
}

test('a message goes, a message comes back', async () => {
  const answer = await call((stream, path, request) => {
    succeed(stream, `${path} ${request.subarray(5)}`, { 'grpc-status': '0' });
  });
  expect(answer).toEqual({ code: 0, message: '', body: Buffer.from('/test.Service/Ask question') });
});

test('a failure after the answer has begun comes in trailers', async () => {
  const trailers = { 'grpc-status': '8', 'grpc-message': 'too%20much' };
  expect(await call((stream) => succeed(stream, '', trailers))).toMatchObject({ code: 8, message: 'too much' });
});

test('a failure before that comes in headers', async () => {
  const answer = await call((stream) => {
    stream.respond({ ...ok, 'grpc-status': '12', 'grpc-message': '100%' }, { endStream: true });
  });
  expect(answer).toMatchObject({ code: 12, message: '100%' });
});

describe('who does not speak gRPC is an error', () => {
  test.each<[string, Answer, RegExp]>([
    [
      'a page',
      (stream) => {
        stream.respond({ ':status': 404 });
        stream.end('no');
      },
      /no answer of gRPC \(HTTP status 404/,
    ],
    ['silence', () => {}, /no answer within 50 ms/],
    ['a flood', (stream) => succeed(stream, 'x'.repeat(5000), { 'grpc-status': '0' }), /too long/],
    ['a reset', (stream) => stream.close(2), /NGHTTP2_INTERNAL_ERROR/],
    ['a closed connection', (stream) => stream.session?.destroy(), /no answer of gRPC|closed|hang up/i],
  ])('%s', async (_, answer, why) => {
    await expect(call(answer, { timeoutMs: 50 })).rejects.toThrow(why);
  });
});
