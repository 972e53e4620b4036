import { expect, test } from 'vitest';
import { readRequestHead } from '../../../src/decode/request-head.ts';

/** Reads a head as the kernel would hand it over: so many first bytes, and the length of the whole request line. */
function read(text: string | Buffer, kept = Number.POSITIVE_INFINITY) {
  const head = Buffer.from(text as string, 'utf8');
  const bytes = Buffer.concat([Buffer.from('before'), head.subarray(0, kept), Buffer.from('behind')]);
  const line = head.indexOf(10) + 1;
  return readRequestHead(bytes, 6, 6 + Math.min(head.length, kept), line, true);
}

test.each([
  ['GET / HTTP/1.1\r\n\r\n', 'GET', '/'],
  ['GET /a?b=c HTTP/1.0\n\n', 'GET', '/a?b=c'],
  ['OPTIONS * HTTP/1.1\r\n\r\n', 'OPTIONS', '*'],
  ['CONNECT example.org:443 HTTP/1.1\r\n\r\n', 'CONNECT', 'example.org:443'],
  ['GET http://example.org/x HTTP/1.1\r\n\r\n', 'GET', 'http://example.org/x'],
  ['GET /a b c HTTP/1.1\r\n\r\n', 'GET', '/a b c'],
  ['GET /käse HTTP/1.1\r\n\r\n', 'GET', '/käse'],
])('%j', (text, method, target) => {
  expect(read(text)).toEqual({ method, target, host: '', isH2c: false });
});

test('bytes that are no UTF-8 are left out of the target', () => {
  expect(read(Buffer.from('GET /a\xff\xfeb HTTP/1.1\r\n\r\n', 'latin1'))?.target).toBe('/ab');
});

test.each([
  ['Host: example.org', 'example.org'],
  ['HOST:\texample.org:8080 ', 'example.org:8080'],
  ['X-Host: no\r\nhost: yes', 'yes'],
  ['X-Forwarded-Host: no', ''],
])('the header %j names the host %j', (header, host) => {
  expect(read(`GET / HTTP/1.1\r\n${header}\r\nAccept: */*\r\n\r\n`)?.host).toBe(host);
});

test('a Host header that is cut off is not half believed', () => {
  expect(read('GET / HTTP/1.1\r\nHost: example.org\r\n\r\n', 26)?.host).toBe('');
});

test('a target is cut where the bytes end', () => {
  expect(read(`GET /${'x'.repeat(500)} HTTP/1.1\r\n\r\n`, 256)?.target).toBe(`/${'x'.repeat(251)}`);
});

test('without a blank there is no request', () => {
  expect(readRequestHead(Buffer.from('GARBAGE\r\n'), 0, 9, 9, false)).toBeUndefined();
});

test.each([
  ['Upgrade: h2c', true],
  ['upgrade:h2c ', true],
  ['Upgrade: websocket', false],
])('%j asks to go on as HTTP/2: %j', (line, asks) => {
  expect(read(`GET / HTTP/1.1\r\n${line}\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`)?.isH2c).toBe(asks);
});
