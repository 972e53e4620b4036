import { wallNs } from '../span/clock.ts';
import type { Span } from '../span/span.ts';

/** Many spans share a second, and reading a local time is dear. */
let cached = { second: Number.NaN, text: '', fraction: '' };

/** When the handler began, in local time: `2023-04-19 13:49:04`. */
export function localSecond(span: Span): string {
  return at(span).text;
}

/**
 * What looks like a fraction and is none: the layout of the original repeats month, day, hour of twelve, minute and second
 * there, unpadded. Readers compare lines, so it stays.
 */
export function pseudoFraction(span: Span): string {
  return at(span).fraction;
}

function at({ startNs }: Span): typeof cached {
  const second = Number(wallNs(startNs) / 1_000_000_000n);
  if (second !== cached.second) {
    const date = new Date(second * 1000);
    const [month, day, minute] = [date.getMonth() + 1, date.getDate(), date.getMinutes()];
    const text =
      `${date.getFullYear()}-${two(month)}-${two(day)} ` +
      `${two(date.getHours())}:${two(minute)}:${two(date.getSeconds())}`;
    cached = { second, text, fraction: `${month}${day}${date.getHours() % 12 || 12}${minute}${date.getSeconds()}` };
  }
  return cached;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
