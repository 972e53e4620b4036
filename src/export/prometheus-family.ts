import { INSTANCE } from '../metrics/attribute-groups.ts';
import { prometheusName } from '../metrics/definition.ts';
import type { Exemplar } from '../metrics/exemplars.ts';
import type { ExponentialHistogram } from '../metrics/exponential-histogram.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Cell, Series, SeriesGroup } from '../metrics/series-group.ts';
import { vintageTables } from '../metrics/vintages.ts';
import { SERVICE_NAME, SERVICE_NAMESPACE } from '../span/attributes.ts';
import { labelsOf } from './prometheus-labels.ts';

export type Labels = Readonly<Record<string, string>>;
export type PrometheusType = 'counter' | 'gauge' | 'histogram';

/** One metric of a page, whatever the form it is written in. It keeps nothing: samples are read while they are written. */
export interface PrometheusFamily {
  /** With `_total` for a counter. */
  readonly name: string;
  readonly help: string;
  readonly type: PrometheusType;
  /** Its name and help are on the page before it has a series. */
  readonly isShownEmpty?: boolean;
  samples(): Iterable<PrometheusSample>;
}

export type PrometheusSample = ValueSample | HistogramSample;

export interface ValueSample {
  readonly labels: Labels;
  readonly value: number;
}

export interface HistogramSample {
  readonly labels: Labels;
  readonly bounds: Float64Array;
  /** The sum, then the count of each bucket and of those above. */
  readonly cells: Float64Array;
  /** Where it is known. */
  readonly startMs?: number;
  readonly exponential: ExponentialHistogram | undefined;
  exemplar(bucket: number): Exemplar | undefined;
}

export interface FamilySource {
  readonly metrics: Metrics;
  readonly cell: Cell;
  readonly ttlMs: number;
  readonly hasExemplars: boolean;
}

interface State {
  readonly labels: Labels;
  readonly data: Float64Array;
  readonly startMs: number;
  readonly exponential: ExponentialHistogram | undefined;
  readonly series: Series;
}

/** One of our metrics. */
export function seriesFamily(source: FamilySource): PrometheusFamily {
  const { cell, hasExemplars } = source;
  const { metric, at, bounds } = cell;
  return {
    name: prometheusName(metric),
    help: metric.help,
    type: bounds === undefined ? 'counter' : 'histogram',
    *samples() {
      for (const { labels, data, startMs, exponential, series } of statesOf(source)) {
        if (bounds === undefined) yield { labels, value: data[at] as number };
        else {
          const cells = data.subarray(at, at + bounds.length + 2);
          const exemplar = (bucket: number) => (hasExemplars ? series.exemplars?.at(at + 1 + bucket) : undefined);
          yield { labels, bounds, cells, startMs, exponential, exemplar };
        }
      }
    },
  };
}

/** Services that no label tells apart are added up, for a series may appear only once. */
function statesOf(source: FamilySource): Iterable<State> {
  const { metrics, cell } = source;
  const groups = metrics.groups.filter(({ cells }) => cells.some(({ metric }) => metric.name === cell.metric.name));
  const states = readStates(source, groups);
  // a label that is empty and one that is not there are the same, so that two groups may also tell of one series
  const areAlone = groups.length < 2 && groups.every((group) => tellsServicesApart(group, metrics));
  return areAlone ? states : addedUp(states);
}

function* readStates({ metrics, cell, ttlMs }: FamilySource, groups: readonly SeriesGroup[]): Iterable<State> {
  const { omitsEmpty } = vintageTables[metrics.options.vintage];
  const nowMs = Date.now();
  for (const own of metrics.services()) {
    for (const group of groups) {
      for (const series of metrics.live(own, group, nowMs, ttlMs)) {
        const { data, startMs } = series;
        const exponential = metrics.exponentialsOf(group, series)?.[cell.exponential];
        yield { labels: labelsOf(group, own.service, series, omitsEmpty), data, startMs, exponential, series };
      }
    }
  }
}

function tellsServicesApart({ attributes }: SeriesGroup, { options }: Metrics): boolean {
  const renamed = vintageTables[options.vintage].attributes[INSTANCE] ?? INSTANCE;
  const names = new Set(attributes.map(({ name }) => name));
  return [SERVICE_NAME, SERVICE_NAMESPACE, renamed].every((name) => names.has(name));
}

function addedUp(states: Iterable<State>): Iterable<State> {
  const sums = new Map<string, State>();
  for (const state of states) {
    const identity = JSON.stringify(Object.entries(state.labels).filter(([, value]) => value !== ''));
    const known = sums.get(identity);
    sums.set(identity, known === undefined ? state : added(known, state));
  }
  return sums.values();
}

function added(a: State, b: State): State {
  const exponential = a.exponential?.clone();
  if (b.exponential !== undefined) exponential?.absorb(b.exponential);
  const data = a.data.map((value, i) => value + (b.data[i] as number));
  return { ...a, data, startMs: Math.min(a.startMs, b.startMs), exponential };
}
