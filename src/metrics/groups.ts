import type { MetricFamily, SpanKind } from '../span/span.ts';
import { surroundingAttributes } from './attribute-groups.ts';
import { defaultBounds } from './buckets.ts';
import {
  type AttributeRule,
  type BucketList,
  type CountContext,
  type MetricDefinition,
  ofResource,
} from './definition.ts';
import { getterOf, resourceGetter } from './getters.ts';
import type { KnownServices } from './known-services.ts';
import { featuresOf } from './list.ts';
import type { MetricsOptions } from './metrics.ts';
import { selectedAttributes } from './selection.ts';
import { type Cell, type GroupAttribute, type Layout, SeriesGroup } from './series-group.ts';
import { inVintage, type VintageTable, vintageTables } from './vintages.ts';

/** A group and the spans that it counts. */
export interface CountedGroup {
  /** Value of the `features` setting that turns it on. */
  readonly feature: string;
  readonly group: SeriesGroup;
  readonly counts: (family: MetricFamily, kind: SpanKind) => boolean;
}

interface Draft {
  readonly feature: string;
  readonly first: MetricDefinition;
  readonly attributes: readonly AttributeRule[];
  readonly metrics: MetricDefinition[];
}

/**
 * Resolves features, vintage and attribute selection into the groups of metrics that share their series; those of
 * different features do not, for a service may have one and not the other. `indexOf` gives a number to each set of
 * feature, spans and attributes, always the same.
 */
export function groupsOf(
  options: MetricsOptions,
  services: KnownServices,
  indexOf: (key: string) => number,
): readonly CountedGroup[] {
  const context = { services, allowsSelfReferences: options.allowsSelfReferences };
  const table = vintageTables[options.vintage];
  const wanted = featuresOf([...options.features, ...options.entryFeatures]).map((feature) => ({
    feature: feature.name,
    metrics: inVintage(feature.metrics, table),
  }));
  const around = [...surroundingAttributes(options.surroundings), ...ofResource(options.extraGroupAttributes)];
  const extra = ofResource(options.extraSpanAttributes).map((rule) => ({ ...rule, isPrometheusOnly: true }) as const);
  const drafts = new Map<string, Draft>();
  for (const { feature, metric } of wanted.flatMap((one) => one.metrics.map((metric) => ({ ...one, metric })))) {
    const attributes = metric.isFixed
      ? [...metric.attributes, ...extra]
      : selectedAttributes(metric.name, [...metric.attributes, ...around], options.select, metric.aliases);
    const key = [feature, spansOf(metric), attributes.map(({ name }) => name)].join('|');
    const draft = drafts.get(key);
    if (draft === undefined) drafts.set(key, { feature, first: metric, attributes, metrics: [metric] });
    else draft.metrics.push(metric);
  }
  return [...drafts].map(([key, draft]) => {
    const metrics = wanted.find(({ feature }) => feature === draft.feature)?.metrics ?? [];
    const layout = layoutOf(
      metrics.filter((metric) => spansOf(metric) === spansOf(draft.first)),
      options,
      table,
    );
    return counted(draft, indexOf(key), layout, context, options);
  });
}

/** Which spans a metric counts. */
function spansOf({ family, kinds, when }: MetricDefinition): string {
  return `${family}|${kinds}|${when?.name ?? ''}`;
}

/**
 * Metrics of a feature that count the same spans have a place each in every series of these spans, whether they share attributes now
 * or not: so a series outlives any change of what is selected.
 */
function layoutOf(metrics: readonly MetricDefinition[], options: MetricsOptions, table: VintageTable): Layout {
  const cells: Cell[] = [];
  let width = 0;
  let histograms = 0;
  for (const metric of metrics) {
    const bounds = metric.buckets && Float64Array.from(boundsOf(metric.buckets, options, table));
    cells.push({ metric, at: width, bounds, exponential: histograms });
    width += bounds === undefined ? 1 : bounds.length + 2;
    if (bounds !== undefined) histograms++;
  }
  return { cells, width };
}

function counted(
  { feature, first, attributes, metrics }: Draft,
  index: number,
  layout: Layout,
  context: CountContext,
  { vintage, unresolved }: MetricsOptions,
): CountedGroup {
  const table = vintageTables[vintage];
  const resolved = attributes.map(({ name, isPrometheusOnly, isOtlpOnly, isResource }): GroupAttribute => {
    const shown = first.attributeNames?.[name] ?? table.attributes[name] ?? name;
    return {
      name: shown,
      isPrometheusOnly: isPrometheusOnly ?? false,
      isOtlpOnly: isOtlpOnly ?? false,
      // an older name may stand for another value: the number of a status and not its name
      getter: isResource ? resourceGetter(name) : getterOf(name, shown, unresolved),
    };
  });
  const { when } = first;
  const own = layout.cells.filter(({ metric }) => metrics.includes(metric));
  return {
    feature,
    group: new SeriesGroup(index, resolved, own, layout, (span) => when?.holds(span, context) ?? true),
    counts: (family, kind) => (first.family === 'any' || first.family === family) && first.kinds.includes(kind),
  };
}

/** Bounds that the user changed hold for every vintage; today's defaults stand for "not changed". */
function boundsOf(list: BucketList, { bounds }: MetricsOptions, table: VintageTable): readonly number[] {
  const written = bounds[list];
  return written === undefined || String(written) === String(defaultBounds[list]) ? table.bounds[list] : written;
}
