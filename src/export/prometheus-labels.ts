import { labelName } from '../metrics/definition.ts';
import { OVERFLOW, type Series, type SeriesGroup } from '../metrics/series-group.ts';
import type { Service } from '../span/service.ts';
import type { Labels } from './prometheus-family.ts';

/** Labels of a series, sorted as the Prometheus client of Go sorts them. Made once and kept. */
export function labelsOf(group: SeriesGroup, service: Service, series: Series, omitsEmpty: boolean): Labels {
  series.labels ??= sortedLabels(labelsNow(group, service, series, omitsEmpty));
  return series.labels;
}

export function sortedLabels(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function labelsNow(group: SeriesGroup, service: Service, series: Series, omitsEmpty: boolean): Labels {
  const labels: Record<string, string> = {};
  for (const { attribute, value } of group.valuesOf(service, series)) {
    if (attribute.isOtlpOnly) continue;
    if (value !== '' || (!omitsEmpty && !series.isOverflow)) labels[labelName(attribute.name)] = String(value);
  }
  if (series.isOverflow) labels[labelName(OVERFLOW)] = 'true';
  return labels;
}
