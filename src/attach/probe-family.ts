import type { ElfSymbol } from '../lib/elf-symbols.ts';
import type { Binary } from './binary.ts';

/** A kernel program and the number that tells it what it is called for. */
export interface Hook {
  readonly program: string;
  readonly cookie: number;
}

/** A function that is probed, as the table of a family names it. */
export interface ProbedFunction {
  readonly symbol: string;
  /** How many of its arguments the programs look at. */
  readonly arguments: number;
  readonly entry?: Hook;
  /** Where it returns: by the kernel's return probes in C, at each return instruction in Go. */
  readonly returns?: Hook;
  /** The family does without it where it is missing. */
  readonly isOptional?: true;
}

/** One place in a file. */
export interface Probe extends Hook {
  /** In the file. */
  readonly offset: number;
  /** The program runs when the function that begins here returns. */
  readonly isReturn: boolean;
  readonly isCheap: boolean;
  /** What it looks into, where the family has many. */
  readonly library?: string;
}

export type FoundSymbols = ReadonlyMap<string, ElfSymbol>;

/** Probes that belong together: those of one library, told by the functions that a file has. */
export interface ProbeFamily {
  readonly name: string;
  /** Functions of C that it looks for; the tables of a file are read once for all families. */
  readonly symbols: readonly string[];
  /** What to probe in this file, of which `found` are the functions; none when the family is not in it. */
  find(binary: Binary, found: FoundSymbols): readonly Probe[] | Promise<readonly Probe[]>;
}
