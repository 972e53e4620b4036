import { deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { webTrailersOf } from '../../../../src/protocol/http2/web-trailers.ts';

const text = Buffer.from('grpc-status: 13\r\nGrpc-Message: so: it is\r\n');

function message(flags: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([flags, 0, 0, 0, payload.length]), payload]);
}

const read = (from: Buffer) => webTrailersOf(from).map(({ name, value }) => [name, value]);

test.each([
  ['plain', message(0x80, text)],
  ['by gzip', message(0x81, gzipSync(text))],
])('trailers are read %s', (_, from) => {
  expect(read(from)).toEqual([
    ['grpc-status', '13'],
    ['grpc-message', 'so: it is'],
  ]);
});

test.each([
  ['cut', message(0x81, gzipSync(text).subarray(0, 12))],
  ['by another way', message(0x81, deflateSync(text))],
  ['of no end', message(0x81, gzipSync(Buffer.alloc(1 << 20)))],
  ['empty', Buffer.alloc(0)],
])('what is compressed and %s has none', (_, from) => {
  expect(read(from)).toEqual([]);
});
