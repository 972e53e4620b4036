import { decodeArm64 } from '../lib/arm64.ts';
import type { Machine } from '../lib/elf-image.ts';
import type { Decode, Instruction } from '../lib/instruction.ts';
import { decodeX86 } from '../lib/x86.ts';

/** A place for a probe, as far from the beginning of the function. */
export interface Site {
  readonly at: number;
  /** The kernel need not single-step there: 0.5 us a hit instead of up to 15 in a virtual machine. */
  readonly isCheap: boolean;
}

const decoders: Readonly<Record<Machine, Decode>> = { 'x86-64': decodeX86, arm64: decodeArm64 };
/** Instructions at the beginning of a function that are looked at. */
const maxSteps = 24;

export function decoderOf(machine: Machine): Decode {
  return decoders[machine];
}

/**
 * The cheapest place where a probe still finds the arguments as they were passed: the beginning, or an emulated instruction
 * before which nothing has changed them. A probe that is to follow the function to its return must in addition find the
 * return address where it was: on x86-64 as long as the stack has not moved, on arm64 only at the beginning, for it may be signed
 * afterwards. Undefined when the beginning cannot be probed at all.
 */
export function entrySite(
  machine: Machine,
  code: Buffer,
  argumentCount: number,
  isFollowed: boolean,
): Site | undefined {
  const decode = decoderOf(machine);
  const first = decode(code, 0);
  if (first === undefined || first.isForbidden) return undefined;
  const plain = { at: 0, isCheap: false };
  if (isFollowed && machine === 'arm64') return { at: 0, isCheap: first.isEmulated };
  let at = 0;
  for (let step = 0; step < maxSteps; step++) {
    const instruction = decode(code, at);
    if (instruction === undefined) return plain;
    if (instruction.isEmulated && instruction.kind !== 'other') return { at, isCheap: true };
    if (!isHarmless(instruction, argumentCount, isFollowed)) return plain;
    at += instruction.bytes;
  }
  return plain;
}

function isHarmless({ kind, changes }: Instruction, argumentCount: number, isFollowed: boolean): boolean {
  if (changes === 'unknown' || kind === 'return' || kind === 'jump' || kind === 'call') return false;
  if (isFollowed && changes.has('stack')) return false;
  for (let place = 0; place < argumentCount; place++) if (changes.has(place)) return false;
  return true;
}

/** How far from the function's beginning the function lies that it calls first; undefined when it cannot be told. */
export function firstCall(machine: Machine, code: Buffer): number | undefined {
  const decode = decoderOf(machine);
  for (let at = 0, step = 0; step < maxSteps; step++) {
    const instruction = decode(code, at);
    if (instruction === undefined || instruction.kind === 'return') return undefined;
    if (instruction.kind === 'call') return instruction.target === undefined ? undefined : at + instruction.target;
    if (instruction.kind === 'jump') return undefined;
    at += instruction.bytes;
  }
  return undefined;
}

/** Every instruction of the function in turn; ends early, and says so, where one is not understood. */
export function* walk(machine: Machine, code: Buffer): Generator<Instruction & { readonly at: number }, boolean> {
  const decode = decoderOf(machine);
  for (let at = 0; at < code.length; ) {
    const instruction = decode(code, at);
    if (instruction === undefined) return false;
    yield { ...instruction, at };
    at += instruction.bytes;
  }
  return true;
}
