import { describe, expect, test } from 'vitest';
import { decodeArm64 } from '../../../src/lib/arm64.ts';

function decode(word: number) {
  const code = Buffer.alloc(4);
  code.writeUInt32LE(word);
  return decodeArm64(code, 0);
}

describe('what the kernel simulates', () => {
  test.each([
    ['b .+8', 0x14000002, 'jump', 8],
    ['bl .-4', 0x97ffffff, 'call', -4],
    ['b.ls .+0x100', 0x54000809, 'branch', 0x100],
    ['cbz x0, .+16', 0xb4000080, 'branch', 16],
    ['tbnz w0, #0, .+8', 0x37000040, 'branch', 8],
    ['ret', 0xd65f03c0, 'return', undefined],
    ['br x16', 0xd61f0200, 'jump', undefined],
    ['blr x1', 0xd63f0020, 'jump', undefined],
    ['adrp x16, …', 0x90000010, 'other', undefined],
    ['ldr x1, =…', 0x58000041, 'other', undefined],
  ])('%s', (_, word, kind, target) => {
    expect(decode(word)).toEqual(expect.objectContaining({ bytes: 4, kind, isEmulated: true, isForbidden: false }));
    expect(decode(word)?.target).toBe(target);
  });

  test.each([
    ['stp x29, x30, [sp, #-32]!', 0xa9be7bfd, 'push'],
    ['sub sp, sp, #32', 0xd10083ff, 'other'],
    ['mov x29, sp', 0x910003fd, 'other'],
    ['cmp sp, x16', 0xeb3063ff, 'other'],
  ])('not %s', (_, word, kind) => {
    expect(decode(word)).toMatchObject({ kind, isEmulated: false, isForbidden: false });
  });
});

describe('what the kernel refuses, or lets nobody probe', () => {
  test.each([
    ['svc #0', 0xd4000001],
    ['brk #1', 0xd4200020],
    ['ldaxr w0, [x1]', 0x885ffc20],
    ['stlxr w2, w0, [x1]', 0x8802fc20],
    ['msr nzcv, x0', 0xd51b4200],
    ['eret', 0xd69f03e0],
  ])('%s', (_, word) => {
    expect(decode(word)?.isForbidden).toBe(true);
  });

  test.each([
    ['nop', 0xd503201f],
    ['bti c', 0xd503245f],
    ['paciasp', 0xd503233f],
  ])('but not %s', (_, word) => {
    expect(decode(word)?.isForbidden).toBe(false);
  });
});

describe('what an instruction changes', () => {
  test.each<[string, number, (number | 'stack')[]]>([
    ['cmp x0, #0', 0xf100001f, []],
    ['mov x19, x0', 0xaa0003f3, []],
    ['mov w1, #23', 0x528002e1, [1]],
    ['add x2, x2, #8', 0x91002042, [2]],
    ['sub sp, sp, #32', 0xd10083ff, ['stack']],
    ['stp x29, x30, [sp, #-32]!', 0xa9be7bfd, ['stack']],
    ['str x0, [sp, #8]', 0xf90007e0, []],
    ['bti c', 0xd503245f, []],
  ])('%s', (_, word, changes) => {
    expect(decode(word)?.changes).toEqual(new Set(changes));
  });

  test('loads are not told apart', () => {
    expect(decode(0xf9400001)?.changes).toBe('unknown');
  });
});

test('half an instruction is none', () => {
  expect(decodeArm64(Buffer.alloc(3), 0)).toBeUndefined();
});
