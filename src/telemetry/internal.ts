import type { Distribution } from '../lib/distribution.ts';

/** A value of one of the agent's metrics about itself. */
export interface InternalValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | Distribution;
}

interface InternalMetric {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Of a gauge: its values may be added up over what the labels tell apart. */
  readonly isSum?: true;
}

/** The closed list of figures that live elsewhere and are read when they are asked for; `beyla_` goes before each. */
export const internalMetrics = {
  ebpf_tracer_flushes: { type: 'histogram', help: 'Records that the kernel programs handed over at once.' },
  instrumented_processes: {
    type: 'gauge',
    isSum: true,
    help: 'Processes that are captured now, by the name of their executable.',
  },
  avoided_services: { type: 'gauge', help: 'Services that export a signal themselves and are left out for that.' },
  queue_capacity_ratio: { type: 'gauge', help: 'How full the queues in front of the exporters are, from 0 to 1.' },
  bpf_probe_executions_total: { type: 'counter', help: 'Runs of each kernel program.' },
  bpf_probe_latency_seconds_total: { type: 'counter', help: 'Time that each kernel program has run.' },
  bpf_probe_latency: { type: 'histogram', help: 'Time that a run of each kernel program takes, in seconds.' },
  bpf_map_entries: { type: 'gauge', help: 'Entries of each map that the kernel programs use.' },
  bpf_map_max_entries: { type: 'gauge', help: 'Entries that each map has room for.' },
  metric_series: {
    type: 'gauge',
    help: 'Sets of attributes that the metrics of each service have: what the cardinality budget is spent on.',
  },
  metric_series_limit: { type: 'gauge', help: 'How many of them an instance of a service, and all, may have.' },
  coverage_ratio: {
    type: 'gauge',
    help: "Bytes of captured processes' connections that were seen, of all that the kernel carried.",
  },
  losses_total: {
    type: 'counter',
    help: 'What was not captured or not handed over, by the part that lost it and why.',
  },
  service_cpu_ratio: {
    type: 'gauge',
    help: 'CPUs that the agent and its kernel programs take on behalf of each service.',
  },
  service_detail_level: {
    type: 'gauge',
    help: 'How much of each service is told: 4 everything, 3 few spans, 2 no spans, 1 no probes either, 0 nothing.',
  },
  tls_connections: {
    type: 'gauge',
    help: 'Connections with TLS that the processes of each service have had, by whether they were seen into.',
  },
  active_requests: {
    type: 'gauge',
    help: 'Exchanges that have begun and not ended, such as open streams, of each service and side.',
  },
  service_requests_total: { type: 'counter', help: 'Finished exchanges of each service.' },
  service_last_request_timestamp_seconds: { type: 'gauge', help: 'When the last exchange of each service was told.' },
} as const satisfies Readonly<Record<string, InternalMetric>>;

export type InternalName = keyof typeof internalMetrics;
type Source = () => Iterable<InternalValue>;

/** Joins who knows a figure with who shows it; several parts may know a share of the same one. */
export class InternalSources {
  readonly #sources = new Map<InternalName, Set<Source>>();

  /** Returns how to take it back. */
  provide(name: InternalName, source: Source): () => void {
    const all = this.#sources.get(name) ?? new Set();
    this.#sources.set(name, all.add(source));
    return () => void all.delete(source);
  }

  *read(name: InternalName): Iterable<InternalValue> {
    for (const source of this.#sources.get(name) ?? []) yield* source();
  }
}

export const internals = new InternalSources();
