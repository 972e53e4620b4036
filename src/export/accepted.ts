/**
 * The first of the media types that the header prefers over the others: https://www.rfc-editor.org/rfc/rfc9110#name-accept
 * Of equal weight, the one that the header names first. Undefined when it names none of them.
 */
export function preferred(accept: string, offered: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestWeight = 0;
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    if (!(weight > bestWeight) || !offered.includes(type)) continue;
    best = type;
    bestWeight = weight;
  }
  return best;
}
