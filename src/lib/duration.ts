const unitNs: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3, // U+00B5, the micro sign
  μs: 1e3, // U+03BC, the Greek letter
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/**
 * Go's duration text (`300ms`, `1m30s`, `1.5h`, `0`) in milliseconds.
 *
 * @throws Error that says what is wrong with the text
 */
export function parseDuration(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const body = text.replace(/^[-+]/, '');
  if (body === '0') return 0;
  if (body === '') throw new Error('an empty text is not a duration');
  if (/^[0-9.]+$/.test(body)) throw new Error('the unit is missing');
  let ns = 0;
  let rest = body;
  while (rest !== '') {
    const [whole, amount, unit] = /^(\d+\.?\d*|\.\d+)([^\d.]+)/.exec(rest) ?? [];
    if (whole === undefined || amount === undefined) throw new Error('not a duration');
    const factor = unitNs[unit ?? ''];
    if (factor === undefined) throw new Error(`unknown unit "${unit}"`);
    ns += Number(amount) * factor;
    rest = rest.slice(whole.length);
  }
  return (sign * ns) / 1e6;
}

/** Nanoseconds the way Go's `time.Duration` prints itself: `15.22ms`, `689.9µs`, `1.5s`, `1m2.5s`, `0s`. */
export function goDuration(ns: number): string {
  const whole = Math.round(ns);
  if (whole === 0) return '0s';
  if (whole < 0) return `-${goDuration(-whole)}`;
  if (whole < 1e3) return `${whole}ns`;
  if (whole < 1e6) return `${decimal(whole, 3)}µs`;
  if (whole < 1e9) return `${decimal(whole, 6)}ms`;
  const hours = Math.floor(whole / 3600e9);
  const minutes = Math.floor(whole / 60e9) % 60;
  const seconds = `${decimal(whole % 60e9, 9)}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

/** `whole` divided by ten to the power of `places`, exactly, without trailing zeros. */
function decimal(whole: number, places: number): string {
  const digits = String(whole).padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return fraction === '' ? digits.slice(0, -places) : `${digits.slice(0, -places)}.${fraction}`;
}
