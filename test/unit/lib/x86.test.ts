import { describe, expect, test } from 'vitest';
import { decodeX86 } from '../../../src/lib/x86.ts';

const decode = (hex: string) => decodeX86(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 0);

describe('the length of an instruction', () => {
  test.each([
    ['push %rbp', '55', 1],
    ['push %r13', '41 55', 2],
    ['endbr64', 'f3 0f 1e fa', 4],
    ['sub $0x18,%rsp', '48 83 ec 18', 4],
    ['sub $0xc0,%rsp', '48 81 ec c0 00 00 00', 7],
    ['mov %fs:0x28,%rax', '64 48 8b 04 25 28 00 00 00', 9],
    ['mov %rax,0x8(%rsp)', '48 89 44 24 08', 5],
    ['lea 0x4d505(%rip),%rdx', '48 8d 15 05 d5 04 00', 7],
    ['cmp 0x10(%r14),%rsp', '49 3b 66 10', 4],
    ['lea -0x48(%rsp),%r12', '4c 8d 64 24 b8', 5],
    ['movabs $1,%rax', '48 b8 01 00 00 00 00 00 00 00', 10],
    ['movups %xmm15,0xb0(%rsp)', '44 0f 11 bc 24 b0 00 00 00', 9],
    ['nopw 0x0(%rax,%rax,1)', '66 0f 1f 44 00 00', 6],
    ['testb $1,0x9f1(%rbx)', 'f6 83 f1 09 00 00 01', 7],
    ['imul $100,%rax,%rax', '48 6b c0 64', 4],
    ['movw $1,(%rax)', '66 c7 00 01 00', 5],
    ['vmovdqu (%rsi),%ymm0', 'c5 fe 6f 06', 4],
    ['vpermq $0x44,%ymm0,%ymm1', 'c4 e3 fd 00 c8 44', 6],
    ['vmovdqu64 (%rsi),%zmm0', '62 f1 fe 48 6f 06', 6],
    ['vzeroupper', 'c5 f8 77', 3],
    ['pshufb %xmm1,%xmm0', '66 0f 38 00 c1', 5],
    ['lock xadd %eax,0x9e0(%rdi)', 'f0 0f c1 87 e0 09 00 00', 8],
    ['enter', 'c8 10 00 00', 4],
    ['ud2', '0f 0b', 2],
  ])('%s', (_, hex, bytes) => {
    expect(decode(`${hex} 90 90 90 90 90 90 90 90`)?.bytes).toBe(bytes);
    expect(decode(hex)?.bytes).toBe(bytes);
  });

  test('what is cut short or exists in no 64-bit program is not told', () => {
    expect(decode('48 83 ec')).toBeUndefined();
    expect(decode('e8 00 00')).toBeUndefined();
    expect(decode('06')).toBeUndefined();
    expect(decode('')).toBeUndefined();
    expect(decode('66 66 66 66 66 66 66 66 66 66 66 66 66 66 66 90')).toBeUndefined();
  });
});

describe('what the kernel emulates', () => {
  test.each([
    ['push %rbp', '55', 'push'],
    ['push %r13', '41 55', 'push'],
    ['call', 'e8 3d fe ff ff', 'call'],
    ['jmp', 'e9 66 9c ff ff', 'jump'],
    ['short jmp', 'eb 03', 'jump'],
    ['je', '74 0c', 'branch'],
    ['far jbe', '0f 86 7a 03 00 00', 'branch'],
    ['nop', '90', 'other'],
  ])('%s', (_, hex, kind) => {
    expect(decode(hex)).toMatchObject({ kind, isEmulated: true });
  });

  test.each(['48 55', '66 e8 00 00 00 00', 'f3 0f 1e fa', '48 83 ec 08', 'c3', '5d', 'ff d0', '0f 1f 44 00 00'])(
    'not %s',
    (hex) => {
      expect(decode(hex)?.isEmulated).toBe(false);
    },
  );

  test('calls and jumps say where they go', () => {
    expect(decode('e8 3d fe ff ff')?.target).toBe(5 - 0x1c3);
    expect(decode('eb 03')?.target).toBe(5);
    expect(decode('0f 86 7a 03 00 00')?.target).toBe(6 + 0x37a);
    expect(decode('ff d0')?.target).toBeUndefined();
  });
});

test('the nop of five bytes is for nobody to probe', () => {
  expect(decode('0f 1f 44 00 00')?.isForbidden).toBe(true);
  expect(decode('0f 1f 40 00')?.isForbidden).toBe(false);
});

describe('what an instruction changes', () => {
  test.each<[string, string, (number | 'stack')[]]>([
    ['test %rdi,%rdi', '48 85 ff', []],
    ['cmp $0x3,%edi', '83 ff 03', []],
    ['cmpq $0,0x30(%rdi)', '48 83 7f 30 00', []],
    ['xor %r8d,%r8d', '45 31 c0', [4]],
    ['xor %ecx,%ecx', '31 c9', [3]],
    ['mov %rdx,%rcx', '48 89 d1', [3]],
    ['mov (%rdi),%eax', '8b 07', []],
    ['mov 0x6b0(%rdi),%r9d', '44 8b 8f b0 06 00 00', [5]],
    ['mov $0x17,%esi', 'be 17 00 00 00', [1]],
    ['sub $0x18,%rsp', '48 83 ec 18', ['stack']],
    ['lea -0x48(%rsp),%r12', '4c 8d 64 24 b8', []],
    ['movzbl (%rsi),%edx', '0f b6 16', [2]],
  ])('%s', (_, hex, changes) => {
    expect(decode(hex)?.changes).toEqual(new Set(changes));
  });

  test('is unknown where it is not told apart', () => {
    expect(decode('48 f7 f1')?.changes).toBe('unknown');
    expect(decode('0f a2')?.changes).toBe('unknown');
  });
});
