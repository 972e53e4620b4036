import { labelName } from '../metrics/definition.ts';
import { OVERFLOW, type Series, type SeriesGroup } from '../metrics/series-group.ts';
import type { Service } from '../span/service.ts';

/** Labels of a series as exposition text, sorted as the Prometheus client of Go sorts them. Rendered once and kept. */
export function labelsOf(group: SeriesGroup, service: Service, series: Series, omitsEmpty: boolean): string {
  if (series.labels !== '') return series.labels;
  const labels: Record<string, string> = {};
  for (const { attribute, value } of group.valuesOf(service, series)) {
    if (attribute.isOtlpOnly) continue;
    if (value !== '' || (!omitsEmpty && !series.isOverflow)) labels[labelName(attribute.name)] = String(value);
  }
  if (series.isOverflow) labels[labelName(OVERFLOW)] = 'true';
  series.labels = labelText(Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))));
  return series.labels;
}

/** In the order given. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information */
function escaped(value: string): string {
  if (!/[\\"\n\uD800-\uDFFF]/.test(value)) return value;
  return value.toWellFormed().replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

const knownBounds = new WeakMap<
  Float64Array,
  { readonly plain: readonly string[]; readonly open: readonly string[] }
>();

/** The `le` labels of a histogram; OpenMetrics wants floats to look like floats. */
export function boundLabels(bounds: Float64Array, isOpenMetrics: boolean): readonly string[] {
  const known = knownBounds.get(bounds) ?? { plain: leLabels(bounds, false), open: leLabels(bounds, true) };
  knownBounds.set(bounds, known);
  return isOpenMetrics ? known.open : known.plain;
}

function leLabels(bounds: Float64Array, isOpenMetrics: boolean): readonly string[] {
  const texts = Array.from(bounds, (bound) => (isOpenMetrics && Number.isInteger(bound) ? `${bound}.0` : `${bound}`));
  return [...texts, '+Inf'].map((bound) => `le="${bound}"`);
}

/** As Go reads numbers. */
export function floatText(value: number): string {
  if (Number.isFinite(value)) return `${value}`;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

export function escapedHelp(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

/** The labels of a rendered text, for a form that is no text. */
export function* unescapedLabels(text: string): Iterable<readonly [name: string, value: string]> {
  for (const [, name = '', value = ''] of text.matchAll(/([A-Za-z0-9_]+)="((?:[^"\\]|\\.)*)"/g)) {
    yield [name, value.includes('\\') ? value.replace(/\\(.)/g, (_, char) => (char === 'n' ? '\n' : char)) : value];
  }
}
