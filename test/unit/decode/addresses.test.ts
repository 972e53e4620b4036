import { expect, test } from 'vitest';
import { AF_INET, addressText } from '../../../src/decode/addresses.ts';

const AF_INET6 = 10;

test('IPv4 uses the first four bytes', () => {
  expect(addressText(Buffer.from('7f000001ffffffffffffffffffffffff', 'hex'), 0, AF_INET)).toBe('127.0.0.1');
});

test.each([
  ['00000000000000000000ffff0a010203', '10.1.2.3'],
  ['00000000000000000000000000000001', '::1'],
  ['00000000000000000000000000000000', '::'],
  ['20010db8000000000000000000000001', '2001:db8::1'],
  ['20010db8000000010000000000000001', '2001:db8:0:1::1'],
  ['20010db8000000000001000000000000', '2001:db8:0:0:1::'],
  ['fe800000000000000202b3fffe1e8329', 'fe80::202:b3ff:fe1e:8329'],
  ['00010002000300040005000600070008', '1:2:3:4:5:6:7:8'],
  ['00010000000300040005000600070008', '1:0:3:4:5:6:7:8'],
])('%s is %s', (hex, text) => {
  expect(addressText(Buffer.from(`0000${hex}`, 'hex'), 2, AF_INET6)).toBe(text);
});
