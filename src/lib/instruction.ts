/** What matters of one machine instruction for putting a probe on it. */
export interface Instruction {
  readonly bytes: number;
  readonly kind: 'call' | 'jump' | 'branch' | 'return' | 'push' | 'other';
  /** The kernel does itself what it does, instead of letting the processor step over a copy of it: far cheaper. */
  readonly isEmulated: boolean;
  /** Of a direct call or jump, as far from the instruction's first byte. */
  readonly target: number | undefined;
  /** Registers of arguments that it may change, by their place in the list of arguments; 'stack' when it moves the stack. */
  readonly changes: ReadonlySet<number | 'stack'> | 'unknown';
  /** The kernel refuses a probe here, or it would do harm. */
  readonly isForbidden: boolean;
}

/** Undefined when the bytes are not understood, or not all there. */
export type Decode = (code: Buffer, at: number) => Instruction | undefined;
