import { expect, test } from 'vitest';
import { hostOf, httpTarget } from '../../../src/protocol/http-target.ts';

test.each([
  ['/hello', '/hello', '', ''],
  ['/hello?a=1&b=2', '/hello', 'a=1&b=2', ''],
  ['/?', '/', '', ''],
  ['/a?b?c', '/a', 'b?c', ''],
  ['/a#frag?no', '/a', '', ''],
  ['/a?q#frag', '/a', 'q', ''],
  ['http://example.org:81/p?q=1', '/p', 'q=1', 'example.org:81'],
  ['http://example.org', '/', '', 'example.org'],
  ['http://example.org?q', '/', 'q', 'example.org'],
  ['example.org:443', '', '', 'example.org:443'],
  ['*', '*', '', ''],
  ['', '', '', ''],
  ['no-slash', 'no-slash', '', ''],
])('the target %j has path %j, query %j and authority %j', (target, path, query, authority) => {
  expect(httpTarget(target)).toEqual({ path, query, authority });
});

test.each([
  ['example.org', 'example.org'],
  ['example.org:8080', 'example.org'],
  ['127.0.0.1:80', '127.0.0.1'],
  ['[::1]:80', '::1'],
  ['[::1]', '::1'],
  ['::1', '::1'],
  ['', ''],
])('the host of %j is %j', (authority, host) => {
  expect(hostOf(authority)).toBe(host);
});
