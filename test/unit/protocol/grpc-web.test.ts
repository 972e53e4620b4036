import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type WebAnswer, webStatusOf } from '../../../src/protocol/grpc-web.ts';
import { randomNumbers } from '../../support/random.ts';

const noHead = 'HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web+proto\r\n\r\n';
const textHead = 'HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web-text\r\n\r\n';

function message(flags: number, payload: Buffer): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = flags;
  prefix.writeUInt32BE(payload.length, 1);
  return Buffer.concat([prefix, payload]);
}

const lines = (code: number) => Buffer.from(`grpc-status: ${code}\r\ngrpc-message: so it is\r\n`);
const trailers = (code: number) => message(0x80, lines(code));
const data = (bytes: number) => message(0, Buffer.alloc(bytes, 0x80));

/** An answer of which the first 256 bytes and the last `kept` are known. */
function answer(body: Buffer, { head = noHead, kept = 1024 } = {}): WebAnswer {
  return { head, first: body.subarray(0, 256), tail: body.subarray(-kept), end: body.length };
}

function status(body: Buffer, options?: { head?: string; kept?: number }) {
  return webStatusOf(answer(body, options), body.length);
}

/** As servers write it: each piece with an end of its own. */
const text = (...pieces: Buffer[]) => Buffer.from(pieces.map((piece) => piece.toString('base64')).join(''));

test.each([
  ['alone', [trailers(5)], { code: 5, messages: 0 }],
  ['behind a message', [data(7), trailers(0)], { code: 0, messages: 1 }],
  ['behind an empty message', [data(0), trailers(0)], { code: 0, messages: 1 }],
  ['behind three', [data(7), data(0), data(9), trailers(13)], { code: 13, messages: 2 }],
  ['behind a long message', [data(70_000), trailers(0)], { code: 0, messages: 1 }],
  ['behind long messages', [data(70_000), data(70_000), trailers(0)], { code: 0, messages: 2 }],
  ['by gzip', [data(7), message(0x81, gzipSync(lines(14)))], { code: 14, messages: 1 }],
])('the status is in trailers %s, in binary and in text', (_, messages, expected) => {
  expect(status(Buffer.concat(messages))).toEqual(expected);
  expect(status(text(...messages), { head: textHead })).toEqual(expected);
  expect(status(text(Buffer.concat(messages)), { head: textHead })).toEqual(expected);
});

test('text is read from wherever it is known', () => {
  const body = text(data(100), trailers(5));
  for (let kept = 80; kept <= body.length; kept++) expect(status(body, { head: textHead, kept })?.code).toBe(5);
});

test('a head says it before the body does', () => {
  const head = 'HTTP/1.1 200 OK\r\nGrpc-Status: 12\r\n\r\n';
  expect(webStatusOf({ head, first: Buffer.alloc(0), tail: Buffer.alloc(0), end: 0 }, 0)).toEqual({
    code: 12,
    messages: 0,
  });
});

test.each([
  ['cut', trailers(5).subarray(1)],
  ['of another end', Buffer.concat([trailers(5), data(1)])],
  ['without a status', message(0x80, Buffer.from('grpc-message: 5\r\n'))],
  ['of no number', message(0x80, Buffer.from('grpc-status: five\r\n'))],
  ['compressed as a whole', gzipSync(Buffer.concat([data(7), trailers(0)]))],
  ['empty', Buffer.alloc(0)],
])('nothing is made of a body that is %s', (_, body) => {
  expect(status(body)).toBeUndefined();
});

test('bytes that were missed leave the status unknown', () => {
  const body = Buffer.concat([data(7), trailers(0)]);
  expect(webStatusOf(answer(body), body.length + 1)).toBeUndefined();
});

test('mutated bytes are a status or none', () => {
  const numbers = randomNumbers(8);
  const next = (below: number) => numbers.next().value % below;
  const bodies = [Buffer.concat([data(20), trailers(5)]), Buffer.concat([message(0x81, gzipSync(lines(5)))])];
  for (let i = 0; i < 20_000; i++) {
    const isText = next(2) === 1;
    const plain = Buffer.from(bodies[next(bodies.length)] ?? '');
    const body = isText ? text(plain) : plain;
    for (let changes = next(4); changes >= 0; changes--) body[next(body.length)] = next(256);
    const found = status(body.subarray(next(8)), { head: isText ? textHead : noHead, kept: 1 + next(80) });
    if (found !== undefined) expect(Number.isInteger(found.code) && found.code >= 0).toBe(true);
  }
});
