import { ProbeCookie } from '../kernel/abi.gen.ts';
import type { Machine } from '../lib/elf-image.ts';
import type { GoFunction } from '../lib/go-functions.ts';
import type { Binary } from './binary.ts';
import type { Hook, Probe, ProbedFunction } from './probe-family.ts';
import { decoderOf, walk } from './site.ts';

/** Instructions of a prologue: the check of the stack, then what makes room on it. */
const maxPrologue = 8;

/** Probes at the beginning of a function of Go and at each of its returns. */
export function goProbes(binary: Binary, { entry, returns }: ProbedFunction, one: GoFunction | undefined): Probe[] {
  const code = one && binary.code(one.address, one.bytes);
  if (one === undefined || code === undefined || code.length === 0) return [];
  const { at, isOnCheck } = goEntry(binary, code);
  const begin = entry && { ...entry, cookie: entry.cookie | (isOnCheck ? ProbeCookie.onCheck : 0) };
  return [
    ...(begin === undefined ? [] : probesAt(binary, one, begin, [at])),
    ...(returns === undefined ? [] : probesAt(binary, one, returns, returnsOf(binary, code))),
  ];
}

export function probesAt(binary: Binary, one: GoFunction, hook: Hook, places: readonly number[]): Probe[] {
  const { machine, offsetOf } = binary.image;
  const offset = offsetOf(one.address);
  if (offset === undefined) return [];
  return places.map((at) => {
    const isCheap = decoderOf(machine)(binary.code(one.address + at, 16), 0)?.isEmulated ?? false;
    return { ...hook, offset: offset + at, isReturn: false, isCheap };
  });
}

/**
 * Behind the check of the stack: a function begins anew after its stack was made to grow, and would be told of twice. There
 * the arguments are still where they were passed. Where no cheap place follows, it is the check itself, whose outcome the
 * program looks at.
 */
function goEntry({ image: { machine } }: Binary, code: Buffer): { at: number; isOnCheck: boolean } {
  let steps = 0;
  let check: { at: number; bytes: number } | undefined;
  for (const { at, bytes, kind } of walk(machine, code)) {
    if (kind === 'push' && machine === 'x86-64') return { at, isOnCheck: false };
    if (kind === 'branch') check ??= { at, bytes };
    if (++steps === maxPrologue || kind === 'call' || kind === 'return') break;
  }
  if (check === undefined) return { at: 0, isOnCheck: false };
  return machine === 'x86-64' ? { at: check.at, isOnCheck: true } : { at: check.at + check.bytes, isOnCheck: false };
}

/** A function that is not understood to its end has none: a return that is missed would leave calls unfinished. */
function returnsOf(binary: Binary, code: Buffer): number[] {
  const places: number[] = [];
  const instructions = walk(binary.image.machine, code);
  for (let one = instructions.next(); ; one = instructions.next()) {
    if (one.done === true) return one.value ? places : [];
    if (one.value.kind === 'return') places.push(one.value.at);
  }
}

/** Registers of results of Go by their places in the list of arguments of the System V calling convention. */
const resultPlaces: Readonly<Record<Machine, readonly (number | undefined)[]>> = {
  'x86-64': [undefined, undefined, 3, 0, 1],
  arm64: [0, 1, 2, 3, 4],
};

/** The cheap places behind the calls of the other function where these of its results are still in their registers. */
export function resultSite(
  binary: Binary,
  from: GoFunction,
  to: GoFunction | undefined,
  results: readonly number[],
): number[] {
  const { machine } = binary.image;
  const kept = results.map((one) => resultPlaces[machine][one] ?? 'stack');
  const calls = new Set(callsOf(binary, from, to));
  const places: number[] = [];
  let isFollowing = false;
  for (const { at, kind, changes, isEmulated, isForbidden } of walk(machine, binary.code(from.address, from.bytes))) {
    if (isFollowing && isEmulated && !isForbidden && kind !== 'other') {
      places.push(at);
      isFollowing = false;
    }
    const isLost = kept.length > 0 && (changes === 'unknown' || kept.some((place) => changes.has(place)));
    if (isLost || kind === 'return') isFollowing = false;
    isFollowing ||= calls.has(at);
  }
  return places;
}

/** Where the function calls the other. */
export function callsOf(binary: Binary, from: GoFunction, to: GoFunction | undefined): number[] {
  if (to === undefined) return [];
  const places: number[] = [];
  for (const { at, kind, target } of walk(binary.image.machine, binary.code(from.address, from.bytes))) {
    if (kind === 'call' && target !== undefined && from.address + at + target === to.address) places.push(at);
  }
  return places;
}
