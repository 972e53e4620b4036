import { Gauge, type MetricValueWithName, type Registry } from 'prom-client';
import type { Turns } from '../lib/turns.ts';
import { INSTANCE } from '../metrics/attribute-groups.ts';
import { prometheusName } from '../metrics/definition.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Cell, SeriesGroup } from '../metrics/series-group.ts';
import { vintageTables } from '../metrics/vintages.ts';
import { SERVICE_NAME, SERVICE_NAMESPACE } from '../span/attributes.ts';
import { counterName, type PrometheusValues, prometheusValues } from './prometheus-reading.ts';
import { boundLabels, labelsOf, unescapedLabels } from './prometheus-text.ts';

export interface FamilySource {
  readonly metrics: Metrics;
  readonly cell: Cell;
  readonly ttlMs: number;
  readonly isOpenMetrics: boolean;
  readonly turns: Turns;
}

/**
 * One of our metrics as a metric of the Prometheus client: it keeps nothing and reads the aggregate when it is scraped.
 * The labels of a series are rendered once, so they travel inside `metricName`, which the client writes as it is.
 */
export class SeriesFamily extends Gauge {
  readonly #source: FamilySource;
  readonly #name: string;
  readonly #bounds: readonly string[];

  constructor(registry: Registry, source: FamilySource) {
    super({ name: prometheusName(source.cell.metric), help: source.cell.metric.help, registers: [registry] });
    this.#source = source;
    this.#name = prometheusName(source.cell.metric);
    this.#bounds = source.cell.bounds === undefined ? [] : boundLabels(source.cell.bounds, source.isOpenMetrics);
  }

  override async get(): Promise<PrometheusValues> {
    const { cell, isOpenMetrics, turns } = this.#source;
    await turns.next();
    const isCounter = cell.bounds === undefined;
    const values: MetricValueWithName<string>[] = [];
    for (const [labels, data] of this.#states()) {
      if (isCounter) values.push({ labels: unescapedLabels(labels), value: data[cell.at] as number });
      else this.#pushHistogram(values, labels, data);
    }
    return isCounter
      ? prometheusValues(counterName(this.#name, isOpenMetrics), cell.metric.help, 'counter', values)
      : prometheusValues(this.#name, cell.metric.help, 'histogram', values);
  }

  /** Label text and cells; services that no label tells apart are added up, for a series may appear only once. */
  #states(): Iterable<readonly [string, Float64Array]> {
    const { metrics, cell, ttlMs } = this.#source;
    const { omitsEmpty } = vintageTables[metrics.options.vintage];
    const nowMs = Date.now();
    const states: (readonly [string, Float64Array])[] = [];
    const groups = metrics.groups.filter(({ cells }) => cells.some(({ metric }) => metric.name === cell.metric.name));
    for (const own of metrics.services()) {
      for (const group of groups) {
        for (const series of metrics.live(own, group, nowMs, ttlMs)) {
          states.push([labelsOf(group, own.service, series, omitsEmpty), series.data]);
        }
      }
    }
    // a label that is empty and one that is not there are the same, so that two groups may also tell of one series
    const areAlone = groups.length < 2 && groups.every((group) => tellsServicesApart(group, metrics));
    return areAlone ? states : addedUp(states);
  }

  #pushHistogram(values: MetricValueWithName<string>[], labels: string, data: Float64Array): void {
    const { at } = this.#source.cell;
    const bucket = `${this.#name}_bucket{${labels === '' ? '' : `${labels},`}`;
    const braced = labels === '' ? '' : `{${labels}}`;
    let count = 0;
    for (const [i, bound] of this.#bounds.entries()) {
      count += data[at + 1 + i] as number;
      values.push({ metricName: `${bucket}${bound}}`, labels: none, value: count });
    }
    values.push({ metricName: `${this.#name}_sum${braced}`, labels: none, value: data[at] as number });
    values.push({ metricName: `${this.#name}_count${braced}`, labels: none, value: count });
  }
}

const none = {};
const emptyLabel = /(?:^|,)[A-Za-z0-9_]+=""/g;

function tellsServicesApart({ attributes }: SeriesGroup, { options }: Metrics): boolean {
  const renamed = vintageTables[options.vintage].attributes[INSTANCE] ?? INSTANCE;
  const names = new Set(attributes.map(({ name }) => name));
  return [SERVICE_NAME, SERVICE_NAMESPACE, renamed].every((name) => names.has(name));
}

function addedUp(states: readonly (readonly [string, Float64Array])[]): Iterable<readonly [string, Float64Array]> {
  const sums = new Map<string, readonly [string, Float64Array]>();
  for (const [labels, data] of states) {
    const identity = labels.replaceAll(emptyLabel, '');
    const known = sums.get(identity);
    sums.set(identity, known === undefined ? [labels, data] : [known[0], added(known[1], data)]);
  }
  return sums.values();
}

function added(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + (b[i] as number));
}
