import { labelName } from '../metrics/definition.ts';
import { OVERFLOW, type Series, type SeriesGroup } from '../metrics/series-group.ts';
import type { Service } from '../span/service.ts';

/** Labels of a series as exposition text, sorted as the Prometheus client of Go sorts them. Rendered once and kept. */
export function labelsOf(group: SeriesGroup, service: Service, series: Series, omitsEmpty: boolean): string {
  if (series.labels !== '') return series.labels;
  const labels: Record<string, string> = {};
  for (const { attribute, value } of group.valuesOf(service, series)) {
    if (value !== '' || (!omitsEmpty && !series.isOverflow)) labels[labelName(attribute.name)] = String(value);
  }
  if (series.isOverflow) labels[labelName(OVERFLOW)] = 'true';
  series.labels = labelText(labels);
  return series.labels;
}

export function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.keys(labels)
    .sort()
    .map((name) => `${name}="${escaped(labels[name] ?? '')}"`)
    .join(',');
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information */
function escaped(value: string): string {
  if (!/[\\"\n\uD800-\uDFFF]/.test(value)) return value;
  return value.toWellFormed().replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** The `le` labels of a histogram; OpenMetrics wants floats to look like floats. */
export function boundLabels(bounds: Float64Array, isOpenMetrics: boolean): readonly string[] {
  const texts = Array.from(bounds, (bound) => (isOpenMetrics && Number.isInteger(bound) ? `${bound}.0` : `${bound}`));
  return [...texts, '+Inf'].map((bound) => `le="${bound}"`);
}

/** The labels of a rendered text, for a writer that renders them itself. */
export function unescapedLabels(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const [, name, value] of text.matchAll(/([A-Za-z0-9_]+)="((?:[^"\\]|\\.)*)"/g)) {
    labels[name as string] = (value as string).replace(/\\(.)/g, (_, char) => (char === 'n' ? '\n' : char));
  }
  return labels;
}
