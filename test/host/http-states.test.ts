import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const program = join(root, 'build/test/http_states');

beforeAll(() => {
  mkdirSync(join(root, 'build/test'), { recursive: true });
  execFileSync('clang', ['-O1', '-Wall', '-Werror', '-o', program, join(root, 'test/host/http_states.c')]);
});

/** What the state table of the kernel programs says about the bytes, which must not depend on the size of the steps. */
function scan(text: string, start: 'message' | 'chunk' = 'message'): string[] {
  const [bytewise, leaping] = [[start], [start, 'leap']].map((args) =>
    execFileSync(program, args, { input: Buffer.from(text, 'latin1'), encoding: 'utf8' })
      .trim()
      .split('\n'),
  );
  expect(leaping).toEqual(bytewise);
  return bytewise ?? [];
}

test.each<[string, string, ...string[]]>([
  ['a request', 'GET / HTTP/1.1\r\n\r\n', 'line 16', 'head 18'],
  ['bare line feeds', 'GET / HTTP/1.0\n\n', 'line 15', 'head 16'],
  ['a method of other standards', 'M-SEARCH * HTTP/1.1\r\n\r\n', 'line 21', 'head 23'],
  ['a target that looks like a version', 'GET /a HTTP/1 HTTP/1.1\r\n\r\n', 'line 24', 'head 26'],
  ['blanks in the target', 'GET /a  b HTTP/1.1\r\n\r\n', 'line 20', 'head 22'],
  [
    'a length',
    'PUT / HTTP/1.1\r\nContent-Length: 40\r\n\r\n',
    'line 16',
    'forget',
    'forget',
    'length 4',
    'length 0',
    'head 38',
  ],
  [
    'names that only look alike',
    'GET / HTTP/1.1\r\nContent-Lengths: 4\r\nX-Content-Length: 4\r\n\r\n',
    'line 16',
    'head 59',
  ],
  [
    'a folded line is no header of its own',
    'GET / HTTP/1.1\r\nA: b\r\n content-length: 4\r\n\r\n',
    'line 16',
    'head 44',
  ],
  [
    'chunked, as the last of several codings',
    'GET / HTTP/1.1\r\ntransfer-encoding: gzip, Chunked\r\n\r\n',
    'line 16',
    'chunked',
    'head 52',
  ],
  ['an expectation', 'GET / HTTP/1.1\r\nexpect:100-continue\r\n\r\n', 'line 16', 'expect', 'head 39'],
  [
    'the headers of a trace',
    'GET / HTTP/1.1\r\nTraceParent:  00-1\r\ntracestate:a=1\r\nTRACESTATE: \r\n\r\n',
    'line 16',
    'value 28',
    'value 29',
    'value 30',
    'parent 36',
    'value 47',
    'state 52',
    'value 63',
    'value 64',
    'state 66',
    'head 68',
  ],
  ['a name that only begins like them', 'GET / HTTP/1.1\r\ntraces: 1\r\ntraceparents: 1\r\n\r\n', 'line 16', 'head 46'],
  ['a response', 'HTTP/1.1 204 No Content\r\n\r\n', 'status 2', 'status 0', 'status 4', 'head 27'],
  ['a response without a reason', 'HTTP/1.0 200\n\n', 'status 2', 'status 0', 'status 0', 'head 14'],
  ['a method that begins like a response', 'HTTPS / HTTP/1.1\r\n\r\n', 'line 18', 'head 20'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http2 12'],
  ['HTTP/0.9', 'GET /\r\n', 'invalid 6'],
  ['another protocol', 'SSH-2.0-OpenSSH\r\n', 'invalid 5'],
  ['a response of another version', 'HTTP/3 200\r\n', 'invalid 6'],
  ['an empty line', '\r\n', 'invalid 1'],
  [
    'a long target and long headers',
    `GET /${'a'.repeat(97)} HTTP/1.1\r\nHost: ${'b'.repeat(99)}\r\n\r\n`,
    'line 113',
    'head 222',
  ],
  [
    'bytes of all kinds',
    `GET /\u0001\u007f\u0080\u00ff\u0015\tz HTTP/1.1\r\nA: \u000b\u008a\u00ff\u0009\u008b\u0000bcdefgh\r\n\r\n`,
    'line 23',
    'head 43',
  ],
  ['an unfinished head', 'GET / HTTP/1.1\r\nHost: x\r\n', 'line 16', 'more'],
])('%s', (_, text, ...said) => {
  expect(scan(text)).toEqual(said);
});

test.each<[string, string, ...string[]]>([
  ['a chunk size', '1aF\r\n', 'size 1', 'size a', 'size F', 'chunk 5'],
  ['a size with an extension', '4;name="v"\r\n', 'size 4', 'chunk 12'],
  ['a size with blanks', '4 \n', 'size 4', 'chunk 3'],
  ['no size', '\r\n', 'invalid 1'],
  ['a size that is no number', '4z\r\n', 'size 4', 'invalid 2'],
])('%s', (_, text, ...said) => {
  expect(scan(text, 'chunk')).toEqual(said);
});
