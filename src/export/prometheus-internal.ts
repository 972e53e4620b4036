import { type InternalValue, internals } from '../telemetry/internal.ts';
import { type OwnMetric, ownMetrics } from './own-metrics.ts';
import type { ReadingOptions } from './prometheus-reading.ts';

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
      read,
    }));
}

/** What the feature `ebpf` adds to the page of the application. */
export function ebpfReadings(): readonly ReadingOptions[] {
  return [
    {
      name: 'bpf_probe_latency_seconds',
      help: 'Time that a run of each kernel program takes',
      type: 'histogram',
      read: () => internals.read('bpf_probe_latency'),
    },
    {
      name: 'bpf_map_entries_total',
      help: 'Entries of each map',
      type: 'counter',
      read: mapEntries,
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
