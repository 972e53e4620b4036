/**
 * The agent's own counters: what was seen, what was dropped and why. Every drop in every part has a row here, so that
 * "what did you miss?" has one answer. Rendered by the internal metrics and by `doctor`.
 */
export class Counters {
  readonly #values = new Map<string, Map<string, number>>();
  readonly #refreshes = new Map<CounterName, () => void>();

  /** Adds to the counter `name`, split by `reason`. */
  add(name: CounterName, reason: string, count = 1): void {
    const byReason = this.#values.get(name) ?? new Map<string, number>();
    if (byReason.size === 0) this.#values.set(name, byReason);
    byReason.set(reason, (byReason.get(reason) ?? 0) + count);
  }

  /** Replaces the value: for figures that the kernel sums up itself. */
  set(name: CounterName, reason: string, value: number): void {
    this.add(name, reason, value - this.get(name, reason));
  }

  get(name: CounterName, reason: string): number {
    return this.#values.get(name)?.get(reason) ?? 0;
  }

  total(name: CounterName): number {
    let sum = 0;
    for (const value of this.#values.get(name)?.values() ?? []) sum += value;
    return sum;
  }

  /** `refresh` is called whenever the counter is looked at: for figures that somebody else keeps. */
  refreshWith(name: CounterName, refresh: (() => void) | undefined): void {
    if (refresh === undefined) this.#refreshes.delete(name);
    else this.#refreshes.set(name, refresh);
  }

  /** Reasons and values of one counter as they are now. */
  of(name: CounterName): Iterable<readonly [reason: string, value: number]> {
    this.#refreshes.get(name)?.();
    return this.#values.get(name) ?? [];
  }

  *entries(): Iterable<{ name: CounterName; reason: string; value: number }> {
    for (const [name, byReason] of this.#values) {
      for (const [reason, value] of byReason) yield { name: name as CounterName, reason, value };
    }
  }
}

/** The closed list of counters; Prometheus names are derived from it: `spans_lost` is `beyla_spans_lost_total`. */
export const counterHelp = {
  requests_seen: 'Finished exchanges by role (server, client) and completeness.',
  kernel_events: 'What the kernel programs counted, by reason of bpf/abi.h.',
  records_undecoded: 'Records from the kernel that could not be turned into spans, by reason.',
  grpc_web_unread: 'Calls of gRPC-Web over HTTP/1 told as HTTP because their status could not be read, by reason.',
  spans_lost: 'Spans that no exporter will show, by reason.',
  spans_exported: 'Spans handed over, by exporter.',
  points_lost: 'Metric points that no later delivery makes up for, by reason.',
  export_failures: 'Failed deliveries, by exporter and error.',
  processes: 'Processes by what became of them: selected, ignored, failed.',
  otel_metric_exports: 'Deliveries of metrics to the OTLP endpoint.',
  otel_metric_export_errors: 'Failed deliveries of metrics to the OTLP endpoint, by error.',
  otel_trace_exports: 'Deliveries of spans to the OTLP endpoint.',
  otel_trace_export_errors: 'Failed deliveries of spans to the OTLP endpoint, by error.',
  prometheus_http_requests: 'Scrapes, by port and path.',
  instrumentation_errors: 'Processes that could not be instrumented as they should be, by kind of error.',
  governor_steps: 'Changes of how much is told of services for what they cost, by what is told since.',
  series_overflowed: 'Requests counted in an overflow series because the cardinality budget was spent.',
} as const;

/** Names of the labels where it is not `reason`; the reason holds their values, parted by blanks. */
export const counterLabels: { readonly [name in CounterName]?: readonly string[] } = {
  otel_metric_exports: [],
  otel_metric_export_errors: ['error'],
  otel_trace_exports: [],
  otel_trace_export_errors: ['error'],
  prometheus_http_requests: ['port', 'path'],
  // The name of a process may hold blanks, so it is the last.
  instrumentation_errors: ['error_type', 'process_name'],
  series_overflowed: [],
};

export type CounterName = keyof typeof counterHelp;

export const counters = new Counters();
