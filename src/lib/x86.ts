import type { Instruction } from './instruction.ts';
import { type Layout, layoutOf } from './x86-layout.ts';

/** Number of a register in an instruction, to its place among the arguments of the System V calling convention. */
const argumentOf: Readonly<Record<number, number>> = { 7: 0, 6: 1, 2: 2, 1: 3, 8: 4, 9: 5 };
const stackPointer = 4;

const none: ReadonlySet<number | 'stack'> = new Set();
const stack: ReadonlySet<number | 'stack'> = new Set(['stack' as const]);

/**
 * One instruction of x86-64. Linux emulates push of a register, direct calls and jumps, and the one-byte nop:
 * https://www.kernel.org/doc/html/latest/arch/x86 and arch/x86/kernel/uprobes.c.
 */
export function decodeX86(code: Buffer, at: number): Instruction | undefined {
  const layout = layoutOf(code, at);
  if (layout === undefined) return undefined;
  const { bytes, map, opcode } = layout;
  const plain = { bytes, target: undefined, isForbidden: false };
  if (map === 0 && (opcode & 0xf8) === 0x50) {
    const isEmulated = bytes === 1 || (bytes === 2 && layout.rex === 0x41);
    return { ...plain, kind: 'push', isEmulated, changes: stack };
  }
  if (map === 0 && [0xc3, 0xc2, 0xcb, 0xca].includes(opcode)) {
    return { ...plain, kind: 'return', isEmulated: false, changes: stack };
  }
  const jump = jumpOf(code, at, layout);
  if (jump !== undefined) {
    const isEmulated = !layout.isNarrow;
    return { ...plain, ...jump, isEmulated, changes: jump.kind === 'call' ? stack : none };
  }
  return {
    ...plain,
    kind: 'other',
    isEmulated: map === 0 && opcode === 0x90 && bytes === 1,
    changes: changesOf(layout),
    // Kernels from 6.18 on turn a probe on such a nop into a call that writes below the stack pointer.
    isForbidden: map === 1 && opcode === 0x1f && bytes === 5,
  };
}

function jumpOf(
  code: Buffer,
  at: number,
  { map, opcode, bytes }: Layout,
): Pick<Instruction, 'kind' | 'target'> | undefined {
  const far = () => bytes + code.readInt32LE(at + bytes - 4);
  const near = () => bytes + code.readInt8(at + bytes - 1);
  if (map === 1) return (opcode & 0xf0) === 0x80 ? { kind: 'branch', target: far() } : undefined;
  if (map !== 0) return undefined;
  if ((opcode & 0xf0) === 0x70) return { kind: 'branch', target: near() };
  if (opcode === 0xe8) return { kind: 'call', target: far() };
  if (opcode === 0xe9) return { kind: 'jump', target: far() };
  return opcode === 0xeb ? { kind: 'jump', target: near() } : undefined;
}

/** Only what stands at the beginning of functions is told apart. */
function changesOf({ map, opcode, modrm, rex, immediateOf }: Layout): Instruction['changes'] {
  const field = ((modrm >> 3) & 7) | (rex & 4 ? 8 : 0);
  const other = (modrm & 7) | (rex & 1 ? 8 : 0);
  const isMemory = modrm >> 6 !== 3;
  const intoOther = isMemory ? none : changed(other);
  if (map === 1) {
    if (opcode === 0x1e || opcode === 0x1f) return none; // endbr64 and long nops
    if ([0xb6, 0xb7, 0xbe, 0xbf].includes(opcode)) return changed(field); // movzx, movsx
    return 'unknown';
  }
  if (map !== 0) return 'unknown';
  if (opcode === 0x90) return none;
  if ([0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x84, 0x85, 0xa8, 0xa9].includes(opcode)) return none; // cmp, test
  if ([0x80, 0x81, 0x83].includes(opcode)) return immediateOf === 7 ? none : intoOther; // cmp, or arithmetic
  if (opcode === 0xf6 || opcode === 0xf7) return immediateOf === 0 ? none : 'unknown'; // test
  if (opcode < 0x40 && (opcode & 4) === 0) return opcode & 2 ? changed(field) : intoOther; // arithmetic
  if (opcode === 0x88 || opcode === 0x89) return intoOther;
  if ([0x8a, 0x8b, 0x8d, 0x63].includes(opcode)) return changed(field); // mov, lea, movsxd
  if (opcode >= 0xb8 && opcode <= 0xbf) return changed((opcode & 7) | (rex & 1 ? 8 : 0)); // mov immediate
  if (opcode === 0xc6 || opcode === 0xc7) return intoOther;
  return 'unknown';
}

function changed(register: number): ReadonlySet<number | 'stack'> {
  if (register === stackPointer) return stack;
  const place = argumentOf[register];
  return place === undefined ? none : new Set([place]);
}
