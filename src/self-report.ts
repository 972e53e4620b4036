import type { Prober } from './attach/prober.ts';
import type { Config } from './config/schema.ts';
import type { Discovery } from './discover/discovery.ts';
import type { Selected } from './discover/selected.ts';
import { type AgentState, type ProcessState, stateSchema } from './doctor/agent-state.ts';
import type { Attempt } from './doctor/capture-facts.ts';
import { stateOf } from './doctor/processes.ts';
import { type RoutesOf, type RouteView, routeViews } from './doctor/route-view.ts';
import { StateServer } from './doctor/state-server.ts';
import type { Governor } from './governor/governor.ts';
import { type Active, ActiveExchanges } from './kernel/active.ts';
import type { Addon } from './kernel/addon.ts';
import type { Capture } from './kernel/capture.ts';
import { missedRuns, readCounters } from './kernel/counters.ts';
import type { ProcessWatcher } from './kernel/process-watch.ts';
import type { Way } from './kernel/propagation.ts';
import { KernelStatistics } from './kernel/statistics.ts';
import { isOn } from './metrics/list.ts';
import type { Part } from './pipeline/part.ts';
import type { Service } from './span/service.ts';
import type { Span } from './span/span.ts';
import { Activity } from './telemetry/activity.ts';
import { counters } from './telemetry/counters.ts';
import type { GovernedState } from './telemetry/governed.ts';
import { Histogram } from './telemetry/histogram.ts';
import { type InternalName, type InternalValue, internals } from './telemetry/internal.ts';
import { coverageOf, lossesOf } from './telemetry/losses.ts';
import { product, revision } from './telemetry/product.ts';

export interface SelfReportOptions {
  readonly addon: Addon;
  readonly watcher: ProcessWatcher;
  readonly capture: Capture;
  readonly discovery: Discovery;
  /** Streams of HTTP/2 that are open. */
  readonly streams: () => readonly Active[];
  readonly propagation: readonly Way[];
  readonly prober: Pick<Prober, 'familiesOf' | 'encryptedOf'>;
  /** Undefined when no service has a budget. */
  readonly governor: Governor | undefined;
  /** The setting that chose the backend. */
  readonly wantedBackend: string;
  readonly proc: string;
  readonly routesOf: RoutesOf;
  /** Undefined: the kernel does not measure its programs, since that costs each of their runs something. */
  readonly statisticsMs: number | undefined;
}

/** What the agent tells about itself: figures of the internal page, and the answer to `beyla doctor`. */
export class SelfReport implements Part {
  readonly name = 'self report';
  readonly #options: SelfReportOptions;
  readonly #activity = new Activity();
  readonly #flushes = new Histogram([0, 10, 20, 40, 80, 160, 320]);
  readonly #server = new StateServer(() => this.state());
  readonly #startedMs = Date.now();
  readonly #exchanges: ActiveExchanges;
  #statistics: KernelStatistics | undefined;
  #withdraw: (() => void)[] = [];

  constructor(options: SelfReportOptions) {
    this.#options = options;
    this.#exchanges = new ActiveExchanges(options.addon, options.capture.object);
  }

  async start(): Promise<void> {
    const { addon, watcher, capture, statisticsMs } = this.#options;
    counters.refreshWith('kernel_events', () => this.readKernel());
    this.#provide('ebpf_tracer_flushes', () => [{ labels: {}, value: this.#flushes.state() }]);
    this.#provide('instrumented_processes', () => this.#processes());
    this.#provide('service_requests_total', () => this.#activity.requests());
    this.#provide('service_last_request_timestamp_seconds', () => this.#activity.lastSeconds());
    this.#provide('tls_connections', () => this.#encrypted());
    this.#provide('active_requests', () => this.#active());
    this.#provide('coverage_ratio', coverage);
    this.#provide('losses_total', losses);
    if (statisticsMs !== undefined) {
      const statistics = new KernelStatistics(addon, [watcher.object, capture.object, ...capture.spares], statisticsMs);
      this.#statistics = statistics;
      this.#provide('bpf_probe_executions_total', () => statistics.executions());
      this.#provide('bpf_probe_latency_seconds_total', () => statistics.latencySeconds());
      this.#provide('bpf_probe_latency', () => statistics.latencies());
      this.#provide('bpf_map_entries', () => statistics.entries());
      this.#provide('bpf_map_max_entries', () => statistics.maxEntries());
    }
    await this.#server.start();
  }

  /** After it nobody reads the kernel's maps any more: they are about to be closed. */
  async stop(): Promise<void> {
    counters.refreshWith('kernel_events', undefined);
    for (const withdraw of this.#withdraw.splice(0)) withdraw();
    this.#statistics?.close();
    this.#exchanges.close();
    await this.#server.stop();
  }

  flushed(records: number): void {
    this.#flushes.observe(records);
  }

  finished(spans: readonly Span[]): void {
    this.#activity.record(spans);
  }

  selected({ process }: Selected): void {
    if (process.exe === 'unknown') counters.add('instrumentation_errors', `inspection_failed ${process.exeName}`);
  }

  gone({ process }: Selected): void {
    this.#activity.forget(process.pid);
  }

  readKernel(): void {
    const { watcher, capture } = this.#options;
    for (const { name, value } of readCounters(watcher.shared.counters)) counters.set('kernel_events', name, value);
    const missed = missedRuns(capture.object, capture.spares);
    counters.set('kernel_events', 'busy_program', missed.capture);
    counters.set('kernel_events', 'busy_call_program', missed.anyCall);
    // A process that an event did not tell of is found by the next scan.
    counters.set('kernel_events', 'busy_process_program', missedRuns(watcher.object).capture);
  }

  async state(): Promise<AgentState> {
    const { discovery, governor, proc } = this.#options;
    const governed = governor && [...governor.states()];
    const selected = new Map(discovery.selected().map((one) => [one.process.pid, one]));
    const found = (await discovery.examine()).map((one) =>
      this.#stateOf(stateOf(one), selected.get(one.pid), governed ?? []),
    );
    const coverage = coverageOf(counters);
    return {
      schema: stateSchema,
      pid: process.pid,
      version: product.version,
      revision: revision(),
      startedMs: this.#startedMs,
      proc,
      capture: this.#capture(),
      propagation: this.#options.propagation,
      counts: Object.fromEntries(counters.of('kernel_events')),
      losses: [...lossesOf(counters)],
      ...(coverage !== undefined && { coverage }),
      ...(governed !== undefined && { governor: governed }),
      processes: found,
      routes: this.routes(),
    };
  }

  /** Of the services that are watched now. */
  routes(): readonly RouteView[] {
    const { discovery, routesOf } = this.#options;
    return routeViews(new Set(discovery.selected().map(({ service }) => service)), routesOf);
  }

  /** What discovery has decided counts more than what another look at the process would. */
  #stateOf(state: ProcessState, selected: Selected | undefined, governed: readonly GovernedState[]): ProcessState {
    if (selected === undefined) {
      return state.is === 'ignored' ? state : { ...state, is: 'ignored', why: `${state.why}, in a moment` };
    }
    const { watcher, capture, prober } = this.#options;
    const { service, reason, process } = selected;
    const encrypted = prober.encryptedOf(process.hostPid);
    const seen = this.#activity.of(state.pid);
    const { told } = governed.find((one) => one.service === service.name && one.namespace === service.namespace) ?? {};
    return {
      ...state,
      is: 'selected',
      why: reason,
      service: service.namespace === '' ? service.name : `${service.namespace}/${service.name}`,
      language: service.language,
      ...(watcher.has(process.hostPid) && {
        attached: [`TCP ${capture.backend}`, ...prober.familiesOf(process.hostPid)].join(', '),
      }),
      ...(encrypted !== undefined && { encrypted }),
      ...(told !== undefined && told !== 'everything' && { told }),
      requests: seen?.requests ?? 0,
      ...(seen !== undefined && { lastMs: seen.lastMs }),
    };
  }

  #capture(): AgentState['capture'] {
    const { capture, wantedBackend } = this.#options;
    const refused = capture.refused.map(
      ({ backend, cause, fix, reason }): Attempt => ({ name: backend, is: 'refused', cause, fix, detail: reason }),
    );
    return {
      from: 'a running agent',
      wanted: wantedBackend,
      backend: capture.backend,
      attempts: [...refused, { name: capture.backend, is: 'taken' }],
    };
  }

  #provide(name: InternalName, source: () => Iterable<InternalValue>): void {
    this.#withdraw.push(internals.provide(name, source));
  }

  /** Of the processes that are captured now, by service. */
  *#encrypted(): Iterable<InternalValue> {
    const sums = new Map<string, { service: Service; seen: number; unseen: number }>();
    for (const { process, service } of this.#options.discovery.selected()) {
      const { seen = 0, connections = 0 } = this.#options.prober.encryptedOf(process.hostPid) ?? {};
      const key = JSON.stringify([service.namespace, service.name]);
      const sum = sums.get(key) ?? { service, seen: 0, unseen: 0 };
      sums.set(key, { service, seen: sum.seen + seen, unseen: sum.unseen + connections - seen });
    }
    for (const { service, ...counts } of sums.values()) {
      const labels = { service_name: service.name, service_namespace: service.namespace };
      for (const [state, value] of Object.entries(counts)) yield { labels: { ...labels, state }, value };
    }
  }

  *#active(): Iterable<InternalValue> {
    const { streams, discovery } = this.#options;
    const sums = new Map<string, { labels: InternalValue['labels']; value: number }>();
    for (const { hostPid, side, count } of [...this.#exchanges.count(), ...streams()]) {
      const { name, namespace } = discovery.find(hostPid)?.service ?? {};
      if (name === undefined) continue;
      const labels = { service_name: name, service_namespace: namespace ?? '', side };
      const key = JSON.stringify(labels);
      sums.set(key, { labels, value: (sums.get(key)?.value ?? 0) + count });
    }
    yield* sums.values();
  }

  *#processes(): Iterable<InternalValue> {
    const counts = new Map<string, number>();
    for (const { process } of this.#options.discovery.selected()) {
      counts.set(process.exeName, (counts.get(process.exeName) ?? 0) + 1);
    }
    for (const [name, value] of counts) yield { labels: { process_name: name }, value };
  }
}

function* coverage(): Iterable<InternalValue> {
  const value = coverageOf(counters);
  if (value !== undefined) yield { labels: {}, value };
}

function* losses(): Iterable<InternalValue> {
  for (const { part, reason, count } of lossesOf(counters)) yield { labels: { part, reason }, value: count };
}

/** Measuring costs every run of every kernel program, so it takes the feature and somebody who is shown it. */
export function statisticsMsOf(config: Config): number | undefined {
  const { internal_metrics: internal, prometheus_export: page } = config;
  const isShown = internal.prometheus.port !== 0 || internal.exporter === 'otel' || page.port !== 0;
  return isShown && isOn('ebpf', config.metrics.features) ? internal.bpf_metric_scrape_interval : undefined;
}
