/**
 * One name for the spellings of a metric: `_` counts as `.`; one ending of Prometheus goes, then one unit. Both sides of
 * a comparison are to be normalised, so that names which hold a `_` themselves can be reached.
 */
export function normalSection(name: string): string {
  return name
    .replaceAll('_', '.')
    .replace(/\.(?:ratio|bucket|sum|count|total)$/, '')
    .replace(/\.(?:bytes|seconds)$/, '');
}
