import type { Instruction } from './instruction.ts';

const wordBytes = 4;
/** Arguments are in the first eight registers. */
const argumentRegisters = 8;
const stackPointer = 31;

const none: ReadonlySet<number | 'stack'> = new Set();
const stack: ReadonlySet<number | 'stack'> = new Set(['stack' as const]);

/**
 * One instruction of arm64. Linux simulates branches of every kind, returns, and addresses and loads relative to the instruction:
 * arch/arm64/kernel/probes/decode-insn.c. Encodings: https://developer.arm.com/documentation/ddi0602
 */
export function decodeArm64(code: Buffer, at: number): Instruction | undefined {
  if (at + wordBytes > code.length) return undefined;
  const word = code.readUInt32LE(at);
  const plain = { bytes: wordBytes, target: undefined, isForbidden: isForbidden(word) };
  const simulated = { ...plain, isEmulated: true, changes: none };
  if ((word & 0x7c000000) >>> 0 === 0x14000000) {
    const target = signed(word, 0, 26) * wordBytes;
    return { ...simulated, kind: word >>> 31 === 0 ? 'jump' : 'call', target };
  }
  const isConditional = word >>> 24 === 0x54 || (word & 0x7e000000) === 0x34000000;
  if (isConditional) return { ...simulated, kind: 'branch', target: signed(word, 5, 19) * wordBytes };
  if ((word & 0x7e000000) === 0x36000000) {
    return { ...simulated, kind: 'branch', target: signed(word, 5, 14) * wordBytes };
  }
  if ((word & 0xfffffc1f) >>> 0 === 0xd65f0000) return { ...simulated, kind: 'return' };
  if ((word & 0xffdffc1f) >>> 0 === 0xd61f0000) return { ...simulated, kind: 'jump' }; // br, blr: nobody knows where
  const isRelative = (word & 0x1f000000) === 0x10000000 || (word & 0xbf000000) === 0x18000000 || word >>> 24 === 0x98;
  if (isRelative) return { ...simulated, kind: 'other', changes: changed(word & 31) };
  const isPush = (word & 0xffc003e0) >>> 0 === 0xa98003e0; // stp …, [sp, #…]!
  return { ...plain, kind: isPush ? 'push' : 'other', isEmulated: false, changes: isPush ? stack : changesOf(word) };
}

/** The kernel refuses exceptions, exclusive accesses, and most of what touches the state of the processor. */
function isForbidden(word: number): boolean {
  const isException = word >>> 24 === 0xd4;
  const isExclusive = (word & 0x3f000000) === 0x08000000;
  const isReturnOfException = (word & 0xfffffbff) >>> 0 === 0xd69f03e0;
  const isSystem = (word & 0xffc00000) >>> 0 === 0xd5000000;
  return isException || isExclusive || isReturnOfException || (isSystem && !isHarmlessHint(word));
}

/** nop, the signing and checking of return addresses, and marks of where a jump may go. */
function isHarmlessHint(word: number): boolean {
  if ((word & 0xfffff01f) >>> 0 !== 0xd503201f) return false;
  const number = (word >>> 5) & 127;
  return number === 0 || number === 7 || [8, 10, 24, 25, 26, 27, 32, 34, 36, 38].includes(number);
}

function changesOf(word: number): Instruction['changes'] {
  const group = (word >>> 25) & 15;
  const register = word & 31;
  const setsFlagsOnly = register === 31 && ((word >>> 29) & 1) === 1;
  if ((word & 0xfffff01f) >>> 0 === 0xd503201f) return none; // hints
  if (group === 8 || group === 9) {
    const isAddition = (word & 0x1f800000) === 0x11000000;
    if (setsFlagsOnly) return none;
    return register === stackPointer && isAddition ? stack : changed(register);
  }
  if (group === 5 || group === 13) return changed(register);
  const isStorePair = (word & 0x3a400000) === 0x28000000;
  const isStore = (word & 0x3bc00000) === 0x39000000;
  if (isStorePair) return (word & 0x00800000) === 0 ? none : 'unknown';
  return isStore ? none : 'unknown';
}

/** Register 31 is the zero register here. */
function changed(register: number): ReadonlySet<number | 'stack'> {
  return register < argumentRegisters ? new Set([register]) : none;
}

function signed(word: number, from: number, bits: number): number {
  return (word << (32 - from - bits)) >> (32 - bits);
}
