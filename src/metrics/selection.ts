import { pathGlob } from '../lib/path-glob.ts';
import type { AttributeRule } from './definition.ts';

/** `attributes.select`: section (a metric, or a glob of metrics) → what to add and to take away. */
export type Select = Readonly<
  Record<string, { readonly include?: readonly string[] | undefined; readonly exclude?: readonly string[] | undefined }>
>;

/**
 * The attributes that a metric carries; `aliases` are further names of it. Matching sections are applied from the broad to the narrow, which is the lexical
 * order of their text; the first one starts from the metric's defaults unless it says what to include.
 */
export function selectedAttributes(
  metric: string,
  allowed: readonly AttributeRule[],
  select: Select,
  aliases: readonly string[] = [],
): readonly AttributeRule[] {
  const names = [metric, ...aliases].map(normalised);
  const sections = Object.entries(select)
    .map(([section, change]) => ({ section: normalised(section), change }))
    .filter(({ section }) => names.some((name) => pathGlob(section).test(name)))
    .sort((a, b) => (a.section < b.section ? -1 : 1));
  const defaults = allowed.filter(({ isDefault }) => isDefault);
  if (sections.length === 0) return defaults;
  const chosen = new Set(sections[0]?.change.include === undefined ? defaults : []);
  for (const { change } of sections) {
    for (const rule of matching(allowed, change.include)) chosen.add(rule);
    for (const rule of matching(allowed, change.exclude)) chosen.delete(rule);
  }
  return allowed.filter((rule) => chosen.has(rule));
}

function matching(allowed: readonly AttributeRule[], globs: readonly string[] = []): readonly AttributeRule[] {
  const patterns = globs.map((glob) => pathGlob(underscored(glob)));
  return allowed.filter(({ name }) => patterns.some((pattern) => pattern.test(underscored(name))));
}

/** OTLP and Prometheus spellings of a metric become one. */
function normalised(metric: string): string {
  return metric
    .replaceAll('_', '.')
    .replace(/\.(ratio|bucket|sum|count|total)$/, '')
    .replace(/\.(bytes|seconds)$/, '');
}

function underscored(attribute: string): string {
  return attribute.replaceAll('.', '_');
}
