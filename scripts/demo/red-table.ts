import type { Sample } from '../../test/support/prometheus-text.ts';
import { aligned } from '../aligned.ts';

/** Requests of one method and route between two scrapes. */
export interface RedRow {
  readonly name: string;
  readonly count: number;
  /** Requests that the server failed, 5xx. */
  readonly errors: number;
  readonly statuses: readonly string[];
  readonly quantilesS: readonly number[];
  /** The histogram's lowest bound: it cannot tell what lies below. */
  readonly finestS: number;
}

export const quantiles = [0.5, 0.95, 0.99] as const;

const family = 'http_server_request_duration_seconds';

/** The rows of what happened between two scrapes of the agent, by name. */
export function redRows(before: readonly Sample[], after: readonly Sample[]): RedRow[] {
  const earlier = new Map(before.map((sample) => [keyOf(sample), sample.value]));
  const groups = new Map<string, Sample[]>();
  for (const sample of after) {
    if (!sample.name.startsWith(family)) continue;
    const value = sample.value - (earlier.get(keyOf(sample)) ?? 0);
    const name = `${sample.labels['http_request_method']} ${sample.labels['http_route'] || '(no route)'}`;
    groups.set(name, [...(groups.get(name) ?? []), { ...sample, value }]);
  }
  return [...groups]
    .map(([name, samples]) => rowOf(name, samples))
    .filter(({ count }) => count > 0)
    .sort(byName);
}

export function requestsIn(rows: readonly RedRow[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}

/** https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile */
export function quantileOf(quantile: number, buckets: ReadonlyMap<number, number>): number {
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  const rank = quantile * (sorted.at(-1)?.[1] ?? 0);
  let lowerBound = 0;
  let lowerCount = 0;
  for (const [bound, count] of sorted) {
    if (count >= rank && count > lowerCount) {
      if (bound === Number.POSITIVE_INFINITY) return lowerBound;
      return lowerBound + ((bound - lowerBound) * (rank - lowerCount)) / (count - lowerCount);
    }
    lowerBound = bound;
    lowerCount = count;
  }
  return lowerBound;
}

export function redTable(rows: readonly RedRow[], seconds: number): string {
  const cells = rows.map(({ name, count, errors, statuses, quantilesS, finestS }) => [
    name,
    (count / seconds).toFixed(1),
    ((100 * errors) / count).toFixed(1),
    ...quantilesS.map((value) => milliseconds(value, finestS)),
    statuses.join(' '),
  ]);
  const head = ['route', 'rate/s', 'error %', 'p50', 'p95', 'p99', 'status'];
  return aligned([head, ...cells]);
}

function rowOf(name: string, samples: readonly Sample[]): RedRow {
  const counts = samples.filter((sample) => sample.name === `${family}_count` && sample.value > 0);
  const total = (some: readonly Sample[]) => some.reduce((sum, { value }) => sum + value, 0);
  const statusOf = ({ labels }: Sample) => labels['http_response_status_code'] ?? '';
  const buckets = new Map<number, number>();
  for (const sample of samples) {
    if (sample.name !== `${family}_bucket`) continue;
    const bound = Number(sample.labels['le']?.replace('Inf', 'Infinity'));
    buckets.set(bound, (buckets.get(bound) ?? 0) + sample.value);
  }
  return {
    name,
    count: total(counts),
    errors: total(counts.filter((sample) => statusOf(sample) >= '500')),
    statuses: [...new Set(counts.map(statusOf))].sort(),
    quantilesS: quantiles.map((quantile) => quantileOf(quantile, buckets)),
    finestS: Math.min(...[...buckets.keys()].filter((bound) => bound > 0)),
  };
}

function keyOf({ name, labels }: Sample): string {
  return `${name} ${JSON.stringify(labels)}`;
}

function byName(a: RedRow, b: RedRow): number {
  return a.name < b.name ? -1 : 1;
}

function milliseconds(seconds: number, finestS: number): string {
  return seconds <= finestS ? `< ${finestS * 1000} ms` : `${(seconds * 1000).toFixed(0)} ms`;
}
