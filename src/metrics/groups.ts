import type { MetricFamily, SpanKind } from '../span/span.ts';
import { surroundingAttributes } from './attribute-groups.ts';
import { defaultBounds } from './buckets.ts';
import type { AttributeRule, BucketList, MetricDefinition } from './definition.ts';
import { getterOf } from './getters.ts';
import { metricsOf } from './list.ts';
import type { MetricsOptions } from './metrics.ts';
import { selectedAttributes } from './selection.ts';
import { type GroupAttribute, SeriesGroup } from './series-group.ts';
import { inVintage, type VintageTable, vintageTables } from './vintages.ts';

/** A group and the spans that it counts. */
export interface CountedGroup {
  readonly group: SeriesGroup;
  readonly counts: (family: MetricFamily, kind: SpanKind) => boolean;
}

interface Draft {
  readonly first: MetricDefinition;
  readonly attributes: readonly AttributeRule[];
  readonly metrics: MetricDefinition[];
}

/** Resolves features, vintage and attribute selection into the groups of metrics that share their series. */
export function groupsOf(options: MetricsOptions): readonly CountedGroup[] {
  const table = vintageTables[options.vintage];
  const extra = surroundingAttributes(options.surroundings);
  const drafts = new Map<string, Draft>();
  for (const metric of inVintage(metricsOf(options.features), table)) {
    const attributes = selectedAttributes(metric.name, [...metric.attributes, ...extra], options.select);
    const key = [metric.family, metric.kinds, attributes.map(({ name }) => name)].join('|');
    const draft = drafts.get(key);
    if (draft === undefined) drafts.set(key, { first: metric, attributes, metrics: [metric] });
    else draft.metrics.push(metric);
  }
  return [...drafts.values()].map((draft, index) => counted(draft, index, options, table));
}

function counted(
  { first, attributes, metrics }: Draft,
  index: number,
  options: MetricsOptions,
  table: VintageTable,
): CountedGroup {
  const resolved = attributes.map(
    ({ name, isPrometheusOnly }): GroupAttribute => ({
      name: table.attributes[name] ?? name,
      isPrometheusOnly: isPrometheusOnly ?? false,
      getter: getterOf(name, options.unresolved),
    }),
  );
  const withBounds = metrics.map((metric) => ({
    metric,
    bounds: metric.buckets && boundsOf(metric.buckets, options, table),
  }));
  return {
    group: new SeriesGroup(index, resolved, withBounds),
    counts: (family, kind) => (first.family === 'any' || first.family === family) && first.kinds.includes(kind),
  };
}

/** Bounds that the user changed hold for every vintage; today's defaults stand for "not changed". */
function boundsOf(list: BucketList, { bounds }: MetricsOptions, table: VintageTable): readonly number[] {
  const written = bounds[list];
  return written === undefined || String(written) === String(defaultBounds[list]) ? table.bounds[list] : written;
}
