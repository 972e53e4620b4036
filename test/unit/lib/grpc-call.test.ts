import { type ClientHttp2Session, connect, createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { callGrpc } from '../../../src/lib/grpc-call.ts';

let server: Http2Server;
let session: ClientHttp2Session;

afterEach(async () => {
  session.destroy();
  await new Promise((resolve) => server.close(resolve));
});

type Answer = (stream: ServerHttp2Stream, path: string, request: Buffer) => void;

async function call(answer: Answer, limits: { timeoutMs?: number; signal?: AbortSignal } = {}) {
  server = createServer();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('end', () => answer(stream, String(headers[':path']), Buffer.concat(parts)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const headers = { ':path': '/test.Service/Ask' };
  const message = Buffer.from('question');
  return callGrpc(session, { headers, message, timeoutMs: 2000, maxAnswerBytes: 1000, ...limits });
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
  const reply = await call((stream, path, request) => {
    succeed(stream, `${path} ${request.subarray(5)}`, { 'grpc-status': '0' });
  });
  expect(reply.status['grpc-status']).toBe('0');
  expect(reply).toMatchObject({ rstCode: 0, message: Buffer.from('/test.Service/Ask question'), isCompressed: false });
});

test('the status of a failure is in the trailers, or in the headers of an answer that has only these', async () => {
  const late = await call((stream) => succeed(stream, '', { 'grpc-status': '8' }));
  expect(late.status['grpc-status']).toBe('8');
  session.destroy();
  server.close();
  const early = await call((stream) => stream.respond({ ...ok, 'grpc-status': '12' }, { endStream: true }));
  expect(early.status['grpc-status']).toBe('12');
});

test('of an answer that is too long no more is kept than is wanted, and it is no message', async () => {
  const reply = await call((stream) => succeed(stream, 'x'.repeat(100_000), { 'grpc-status': '0' }));
  expect(reply.message).toHaveLength(0);
});

test('who breaks the call off, or does not speak gRPC, gives no status', async () => {
  const page = await call((stream) => {
    stream.respond({ ':status': 404 });
    stream.end('no');
  });
  expect(page.status['grpc-status']).toBeUndefined();
  expect(page.headers[':status']).toBe(404);
});

test.each<[string, Answer, RegExp]>([
  ['silence', () => {}, /^timeout$/],
  ['a reset', (stream) => stream.close(2), /NGHTTP2_INTERNAL_ERROR/],
])('%s is an error', async (_, answer, why) => {
  await expect(call(answer, { timeoutMs: 100 })).rejects.toThrow(why);
});

test('whoever asks can give up', async () => {
  await expect(call(() => {}, { signal: AbortSignal.timeout(20) })).rejects.toThrow('aborted');
});
