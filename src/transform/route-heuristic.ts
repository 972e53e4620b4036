import { Lru } from '../lib/lru.ts';
import { ownText } from '../lib/own-text.ts';
import { isGibberish } from './gibberish.ts';

const slash = 47;
const maxSlashes = 10;
/** Texts judged to be words; the others are as many as there are identifiers, so they are not kept. */
const words = new Lru<string, true>(8192);

/**
 * The path with the segments that look like identifiers replaced by the wildcard. A segment is kept when it has letters,
 * `-`, `_`, `.` and blanks only (one other character is forgiven in second place: `v1`) and its parts read like words.
 */
export function heuristicRoute(path: string, wildcard: string): string {
  let route = '';
  let slashes = 0;
  let start = 0;
  let isBad = false;
  let hasGrace = true;
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code === slash) {
      route += segmentOf(path.slice(start, i), isBad, wildcard);
      slashes++;
      // a bad segment before the cut is written twice, as the original writes it
      if (slashes === maxSlashes) return isBad ? route + wildcard : route;
      route += '/';
      start = i + 1;
      isBad = false;
      hasGrace = true;
    } else if (code === 63 || code === 38 || code === 35) {
      // what stands before a query is not tested for being words
      return route + (isBad ? wildcard : path.slice(start, i));
    } else if (!isBad && !isPlain(code)) {
      isBad = !(hasGrace && i === start + 1 && code < 128);
      hasGrace = false;
    }
  }
  return route + segmentOf(path.slice(start), isBad, wildcard);
}

function segmentOf(segment: string, isBad: boolean, wildcard: string): string {
  if (segment === '') return '';
  return isBad || !isWords(segment) ? wildcard : segment;
}

/** Letters, `-`, `.`, `_` and the blank. */
function isPlain(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    code === 45 ||
    code === 46 ||
    code === 95 ||
    code === 32
  );
}

function isWords(segment: string): boolean {
  if (words.get(segment) === true) return true;
  const parts = segment.split(/[-_.]/);
  const areWords = parts.every((part, i) => (part === '' ? i === parts.length - 1 : !isGibberish(part)));
  if (areWords) words.set(ownText(segment), true);
  return areWords;
}
