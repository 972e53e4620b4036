import { countOf, type Distribution } from '../lib/distribution.ts';
import { type InternalValue, internals } from '../telemetry/internal.ts';
import { type OwnMetric, ownMetrics } from './own-metrics.ts';
import type { Reading, ReadingOptions } from './prometheus-reading.ts';

/** In OpenMetrics the counter of the time has the name that the histogram would have, so the page has no room for both. */
const elsewhere = new Set(['bpf_probe_latency']);

/** The agent's metrics about itself, as a page of their own. */
export function internalReadings(): readonly ReadingOptions[] {
  return ownMetrics()
    .filter(({ name }) => !elsewhere.has(name))
    .map(({ name, help, type, read }: OwnMetric) => ({
      name: `beyla_${name}${type === 'counter' ? '_total' : ''}`,
      help,
      type,
      read: () => readingsOf(read()),
    }));
}

/** What the feature `ebpf` adds to the page of the application. */
export function ebpfReadings(): readonly ReadingOptions[] {
  return [
    {
      name: 'bpf_probe_latency_seconds',
      help: 'Time that a run of each kernel program takes',
      type: 'histogram',
      read: () => readingsOf(internals.read('bpf_probe_latency')),
    },
    {
      name: 'bpf_map_entries_total',
      help: 'Entries of each map',
      type: 'counter',
      read: () => readingsOf(mapEntries()),
    },
  ];
}

function* mapEntries(): Iterable<InternalValue> {
  const idOf = ({ labels }: InternalValue) => labels['map_id'];
  const most = new Map([...internals.read('bpf_map_max_entries')].map((one) => [idOf(one), one.value]));
  for (const one of internals.read('bpf_map_entries')) {
    yield { ...one, labels: { ...one.labels, max_entries: `${most.get(idOf(one)) ?? ''}` } };
  }
}

function* readingsOf(values: Iterable<InternalValue>): Iterable<Reading> {
  for (const { labels, value } of values) {
    if (typeof value === 'number') yield { labels, value };
    else yield* samplesOf(labels, value);
  }
}

function* samplesOf(labels: Reading['labels'], distribution: Distribution): Iterable<Reading> {
  const { bounds, counts, sum } = distribution;
  const count = countOf(distribution);
  let below = 0;
  for (const [i, bound] of bounds.entries()) {
    below += counts[i] ?? 0;
    yield { suffix: '_bucket', labels: { ...labels, le: `${bound}` }, value: below };
  }
  yield { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: count };
  yield { suffix: '_sum', labels, value: sum };
  yield { suffix: '_count', labels, value: count };
}
