import { describe, expect, test } from 'vitest';
import { entrySite, firstCall, walk } from '../../../src/attach/site.ts';

const code = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const words = (...all: number[]) => {
  const bytes = Buffer.alloc(all.length * 4);
  for (const [i, word] of all.entries()) bytes.writeUInt32LE(word, i * 4);
  return bytes;
};

describe('the cheapest place on x86-64', () => {
  test.each([
    ['is a push at the beginning', '55 48 89 e5', 3, true, { at: 0, isCheap: true }],
    ['lies behind endbr64', 'f3 0f 1e fa 41 57 41 56', 3, true, { at: 4, isCheap: true }],
    ['is the jump behind a test', '48 85 ff 0f 84 97 03 00 00', 1, true, { at: 3, isCheap: true }],
    ['is the jump at the end of a wrapper', '45 31 c0 31 c9 e9 66 9c ff ff', 3, true, { at: 5, isCheap: true }],
    ['is not behind a change of an argument', '45 31 c0 31 c9 e9 66 9c ff ff', 4, true, { at: 0, isCheap: false }],
    [
      'is not behind a move of the stack when the return is followed',
      '48 83 ec 18 e8 00 00 00 00',
      3,
      true,
      { at: 0, isCheap: false },
    ],
    ['is behind it when only the arguments count', '48 83 ec 18 e8 00 00 00 00', 3, false, { at: 4, isCheap: true }],
  ])('%s', (_, hex, count, isFollowed, site) => {
    expect(entrySite('x86-64', code(`${hex} 90 90`), count, isFollowed)).toEqual(site);
  });

  test('there is none on a nop of five bytes, nor without code', () => {
    expect(entrySite('x86-64', code('0f 1f 44 00 00 55'), 1, true)).toBeUndefined();
    expect(entrySite('x86-64', Buffer.alloc(0), 1, true)).toBeUndefined();
  });
});

describe('the cheapest place on arm64', () => {
  const paciasp = 0xd503233f;
  const push = 0xa9be7bfd;
  const cbz = 0xb4000080;

  test('is the beginning when the return is followed: the return address may be signed behind it', () => {
    expect(entrySite('arm64', words(paciasp, push, cbz), 1, true)).toEqual({ at: 0, isCheap: false });
    expect(entrySite('arm64', words(cbz, push), 1, true)).toEqual({ at: 0, isCheap: true });
  });

  test('is a branch behind the push when only the arguments count', () => {
    expect(entrySite('arm64', words(paciasp, push, cbz), 1, false)).toEqual({ at: 8, isCheap: true });
  });

  test('is not on what the kernel refuses', () => {
    expect(entrySite('arm64', words(0xd4000001), 1, false)).toBeUndefined();
  });
});

test('the first call of a function is found, and none behind its end', () => {
  expect(firstCall('x86-64', code('48 83 ec 08 e8 c7 fd ff ff 31 d2'))).toBe(9 - 0x239);
  expect(firstCall('x86-64', code('48 83 ec 08 c3 e8 c7 fd ff ff'))).toBeUndefined();
  expect(firstCall('x86-64', code('eb 03 e8 c7 fd ff ff'))).toBeUndefined();
  expect(firstCall('x86-64', code('ff d0 90'))).toBeUndefined();
  expect(firstCall('arm64', words(0xd503233f, 0x97ffffff))).toBe(0);
});

test('a function is walked to its end, or to what is not understood', () => {
  const all = walk('x86-64', code('55 48 89 e5 c3'));
  expect([...all].map(({ at, kind }) => `${at} ${kind}`)).toEqual(['0 push', '1 other', '4 return']);
  const cut = walk('x86-64', code('55 48 89'));
  expect([cut.next().done, cut.next()]).toEqual([false, { done: true, value: false }]);
});
