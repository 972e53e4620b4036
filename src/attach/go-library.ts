import { GoCookie } from '../kernel/abi.gen.ts';
import type { GoBuild } from '../lib/go-build.ts';
import type { GoFunction } from '../lib/go-functions.ts';
import type { Binary } from './binary.ts';
import { goProbes } from './go-functions.ts';
import type { Hook, Probe } from './probe-family.ts';

/** What is asked of libraries in Go. */
export interface GoQuestions {
  /** When the handler of a request begins: what it waited for before. */
  readonly handlerTimes: boolean;
  /** Which request a call belongs to. */
  readonly traces: boolean;
}

export type Functions = ReadonlyMap<string, GoFunction>;

/** A library, told by its functions, and what to probe in it. */
export interface GoLibrary {
  readonly name: string;
  readonly functions: readonly string[];
  find(binary: Binary, found: Functions, questions: GoQuestions, build: GoBuild): readonly Probe[];
}

/** `field`: what the program is to know besides, most often a place in a struct. */
export function hook(place: number, field = 0): Hook {
  return { program: 'go_library', cookie: place + field * 2 ** GoCookie.fieldShift };
}

/** A probe at the beginning of a function; none where there is no such function. */
export function entry(binary: Binary, found: Functions, symbol: string, at: Hook): Probe[] {
  return goProbes(binary, { symbol, arguments: 0, entry: at }, found.get(symbol));
}
