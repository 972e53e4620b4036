import { expect, test } from 'vitest';
import { formatPorts, hasPort, parsePorts } from '../../../src/lib/ports.ts';

test.each([
  ['443', '443'],
  ['80,443,8000-8999', '80,443,8000-8999'],
  [' 80 , 8000 - 8999 ', '80,8000-8999'],
])('%j reads as %j', (text, ports) => {
  expect(formatPorts(parsePorts(text))).toBe(ports);
});

test.each(['', '80a', '80,', '9-8', '-1', '8000-', '1-2-3'])('%j is refused', (text) => {
  expect(() => parsePorts(text)).toThrow(Error);
});

test('a range holds both of its ends', () => {
  const ports = parsePorts('8000-8999');
  expect([7999, 8000, 8999, 9000].map((port) => hasPort(ports, port))).toEqual([false, true, true, false]);
});
