import { Prober } from './attach/prober.ts';
import type { Config } from './config/schema.ts';
import { HttpRecords } from './decode/http-records.ts';
import type { CloudMetadata } from './discover/cloud-metadata.ts';
import { Containers } from './discover/containers.ts';
import { createDiscovery, type Discovery } from './discover/discovery.ts';
import { enginesOf } from './discover/engines.ts';
import type { ProcessSampler } from './discover/process-sampler.ts';
import { rulesOf } from './discover/rules.ts';
import type { Survey } from './discover/survey.ts';
import type { RouteView } from './doctor/route-view.ts';
import { type Exporters, openExporters } from './export/list.ts';
import { exportOptionsOf, liveExportOptionsOf } from './export-options.ts';
import { governorOf } from './governing.ts';
import type { Governor } from './governor/governor.ts';
import { Counter } from './kernel/abi.gen.ts';
import type { Addon } from './kernel/addon.ts';
import { type Capture, openCapture } from './kernel/capture.ts';
import { readCounter } from './kernel/counters.ts';
import { ProbePrograms } from './kernel/probes.ts';
import type { ProcessWatcher } from './kernel/process-watch.ts';
import { Propagation } from './kernel/propagation.ts';
import { TracePolicies } from './kernel/trace-settings.ts';
import { ownService } from './own-service.ts';
import { Ownership } from './ownership.ts';
import { stopInReverse } from './pipeline/parts.ts';
import { type Prepared, prepare } from './prepare.ts';
import { processSamplerOf } from './process-sampling.ts';
import { ProcessTraces } from './process-traces.ts';
import { isOtlpCandidate, otlpSignalOf } from './protocol/otlp-call.ts';
import { sensitiveKeys } from './protocol/sensitive-query.ts';
import { SelfReport, statisticsMsOf } from './self-report.ts';
import { setClockOffset } from './span/clock.ts';
import type { Span } from './span/span.ts';
import { surveyOf } from './survey-options.ts';
import { AvoidedServices } from './telemetry/avoided-services.ts';
import { counters } from './telemetry/counters.ts';
import { internals } from './telemetry/internal.ts';
import { log } from './telemetry/log.ts';
import { goQuestionsOf, traceSettingsOf, waysOf } from './trace-options.ts';
import { Transforms } from './transform/list.ts';
import type { NamesOptions } from './transform/names.ts';
import { namesOf, transformOptionsOf } from './transform-options.ts';
import { TraceFeed } from './view/feed.ts';

const housekeepingMs = 1000;
/** By then the start and the first exports are over. */
const settledMs = 10_000;

/** The one place where the parts are made and joined. */
export class Agent {
  readonly #config: Config;
  readonly #addon: Addon;
  readonly #watcher: ProcessWatcher;
  readonly #capture: Capture;
  readonly #prober: Prober;
  readonly #discovery: Discovery;
  readonly #ownership: Ownership;
  readonly #survey: Survey | undefined;
  readonly #exporters: Exporters;
  readonly #records: HttpRecords;
  readonly #transforms: Transforms;
  #named: { readonly config: Config; readonly names: NamesOptions | undefined };
  readonly #selfReport: SelfReport;
  readonly #sampler: ProcessSampler | undefined;
  readonly #governor: Governor | undefined;
  readonly #traces: ProcessTraces | undefined;
  readonly #propagation: Propagation;
  readonly #feed = new TraceFeed();
  readonly #avoided: AvoidedServices;
  readonly #cloud: CloudMetadata;
  readonly #timers: NodeJS.Timeout[] = [];
  #saidRings = false;

  private constructor(prepared: Prepared, onFatal: (error: Error) => void) {
    const { config, addon, host, proc, watcher, headers, cloud } = prepared;
    this.#cloud = cloud;
    const records = new HttpRecords({
      serviceOf: (hostPid) => this.#discovery.find(hostPid)?.service,
      onTls: (hostPid) => this.#prober.look(hostPid),
    });
    records.sensitiveQueryKeys = sensitiveKeys(config.attributes.sensitive_query_params);
    this.#records = records;
    this.#config = config;
    this.#addon = addon;
    const containers = new Containers(enginesOf(config.surroundings));
    const isInstrumented = (pid: number) => this.#discovery.has(pid);
    this.#survey = surveyOf(config, { proc, host, containers, isInstrumented });
    const agent = config.internal_metrics.exporter === 'otel' ? ownService(host) : undefined;
    this.#exporters = openExporters({ ...exportOptionsOf(config), surveyed: this.#survey?.services, agent, onFatal });
    const { avoided_services: avoided } = config.internal_metrics;
    this.#avoided = new AvoidedServices(avoided.limit);
    if (!avoided.disabled) internals.provide('avoided_services', () => this.#avoided.values());
    this.#named = { config, names: namesOf(config) };
    this.#transforms = new Transforms({
      ...transformOptionsOf(config, this.#named.names),
      needsIds: this.#exporters.needsIds,
    });
    this.#watcher = watcher;
    const needs = { needsIds: this.#exporters.needsIds, writesHeaders: headers?.isHarmless === true };
    const traces = traceSettingsOf(config, needs);
    this.#capture = openCapture(addon, {
      backend: config.ebpf.capture_backend,
      shared: this.#watcher.shared,
      proc: proc.root,
      traces,
      onRecords: (bytes, ends, count) => {
        this.#selfReport.flushed(count);
        this.#watcher.poll(); // a record is only understood when the process that it is about is known
        records.read(bytes, ends, count, (spans) => this.#finish(spans));
      },
    });
    this.#propagation = new Propagation(addon, {
      ways: waysOf(config),
      headers,
      capture: this.#capture,
      shared: this.#watcher.shared,
      proc: proc.root,
    });
    const { sampler } = liveExportOptionsOf(config);
    this.#traces = traces && new ProcessTraces(new TracePolicies(this.#capture.object.map('trace_policies')), sampler);
    const programs = new ProbePrograms({
      addon,
      capture: this.#capture,
      shared: this.#watcher.shared,
      links: config.ebpf.probe_links,
    });
    this.#prober = new Prober({ proc, programs, go: goQuestionsOf(config, needs) });
    this.#discovery = createDiscovery({
      rules: rulesOf(config, config.discovery),
      proc,
      host,
      targets: this.#watcher,
      events: this.#watcher,
      pollIntervalMs: config.discovery.poll_interval,
      avoidsSpanMetrics: config.discovery.exclude_otel_instrumented_services_span_metrics,
      containers,
      onSelected: (selected) => {
        this.#selfReport.selected(selected);
        this.#traces?.add(selected);
        this.#prober.add(selected);
        this.#ownership.changed();
        this.#exporters.services.add(selected.service);
      },
      onChanged: (selected, before) => {
        this.#exporters.services.remove(before.service);
        this.#exporters.services.add(selected.service);
        this.#traces?.add(selected);
        this.#prober.changed(selected);
      },
      onGone: (selected) => {
        this.#selfReport.gone(selected);
        this.#traces?.remove(selected);
        this.#exporters.processes?.forget(selected.process.pid);
        this.#prober.remove(selected.process);
        this.#ownership.changed();
        this.#exporters.services.remove(selected.service);
      },
    });
    const selected = () => this.#discovery.selected();
    this.#ownership = new Ownership({ capture: this.#capture, proc, selected });
    this.#sampler = processSamplerOf(config, this.#exporters.processes, { proc, selected });
    this.#governor = governorOf(config, {
      addon,
      objects: () => [this.#watcher.object, this.#capture.object, ...this.#capture.spares, ...programs.objects],
      showsSpans: this.#exporters.needsIds,
      prober: this.#prober,
      discovery: this.#discovery,
    });
    this.#selfReport = new SelfReport({
      addon,
      watcher: this.#watcher,
      capture: this.#capture,
      discovery: this.#discovery,
      propagation: this.#propagation.ways,
      streams: () => records.openStreams(),
      prober: this.#prober,
      governor: this.#governor,
      wantedBackend: config.ebpf.capture_backend,
      proc: proc.root,
      routesOf: (service) => this.#transforms.decidedRoutes(service),
      statisticsMs: statisticsMsOf(config),
    });
  }

  /** Loads the kernel programs; nothing is watched before `start`. */
  static async create(config: Config, onFatal: (error: Error) => void): Promise<Agent> {
    return new Agent(await prepare(config), onFatal);
  }

  async start(): Promise<void> {
    setClockOffset(this.#addon.clockOffsetNs());
    await this.#exporters.start();
    await this.#discovery.start();
    this.#ownership.look();
    await this.#survey?.start();
    await this.#prober.start();
    await this.#selfReport.start();
    if (this.#exporters.needsIds) await this.#feed.start();
    await this.#governor?.start();
    await this.#sampler?.start();
    void this.#describeHost();
    this.#timers.push(
      setInterval(() => this.#keepHouse(), housekeepingMs),
      setTimeout(() => this.#addon.releaseReadOnly(), settledMs),
    );
    log.info('ready', {
      backend: this.#capture.backend,
      exporters: this.#exporters.names.join(','),
      ms: Math.round(performance.now()),
    });
  }

  /**
   * Takes over the settings that may change at any time; the others are left. What a part refuses is refused first, so that
   * it leaves everything as it was.
   *
   * @throws AgentError
   */
  async reload(config: Config): Promise<void> {
    const names = namesOf(config, this.#named);
    this.#transforms.reconfigure(transformOptionsOf(config, names));
    this.#named = { config, names };
    log.configure({ level: config.log_level, format: this.#config.log_format });
    this.#records.sensitiveQueryKeys = sensitiveKeys(config.attributes.sensitive_query_params);
    const live = liveExportOptionsOf(config);
    this.#exporters.reconfigure(live);
    this.#traces?.reconfigure(live.sampler);
    await this.#discovery.reselect(rulesOf(config, config.discovery));
  }

  /** Which paths of the watched services become which routes. */
  routes(): readonly RouteView[] {
    return this.#selfReport.routes();
  }

  /** False when a part did not stop in time. */
  async stop(): Promise<boolean> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#cloud.stop();
    this.#capture.poll();
    this.#selfReport.readKernel();
    await this.#sampler?.stop();
    await this.#survey?.stop();
    await this.#governor?.stop();
    await this.#selfReport.stop();
    await this.#prober.stop();
    await this.#feed.stop();
    this.#propagation.close();
    this.#ownership.stop();
    this.#capture.close();
    return await stopInReverse([this.#discovery, this.#exporters], this.#config.shutdown_timeout);
  }

  /** Nothing waits for what a cloud says. */
  async #describeHost(): Promise<void> {
    const found = await this.#cloud.ask();
    if (found === undefined) return;
    const { override } = this.#config.attributes.host_id;
    const known = override === '' ? found : { ...found, 'host.id': override };
    this.#discovery.hostKnown(known);
    this.#survey?.hostKnown(known);
  }

  #finish(spans: readonly Span[]): void {
    if (spans.length === 0) return;
    for (const span of spans) {
      counters.add('requests_seen', span.kind);
      this.#leaveToItself(span);
    }
    this.#selfReport.finished(spans);
    const told = this.#transforms.apply(spans);
    this.#governor?.govern(told);
    this.#exporters.write(told);
    this.#feed.write(told);
  }

  /** A service that exports a signal itself would be reported twice. */
  #leaveToItself(span: Span): void {
    const { exclude_otel_instrumented_services: leaves, default_otlp_grpc_port: defaultPort } = this.#config.discovery;
    if (!leaves) return;
    const { pid, name, namespace } = span.service;
    const byPort = () => this.#discovery.signalSentTo(pid, span.host.port, defaultPort);
    const signal = otlpSignalOf(span) ?? (isOtlpCandidate(span) ? byPort() : undefined);
    if (signal !== undefined && this.#discovery.exportsItself(pid, signal)) this.#avoided.add(name, namespace, signal);
  }

  #keepHouse(): void {
    setClockOffset(this.#addon.clockOffsetNs());
    if (!this.#saidRings && readCounter(this.#watcher.shared.counters, Counter.ioUring) > 0) {
      this.#saidRings = true;
      log.warn('a captured process uses io_uring, which this capture backend does not see', {
        backend: this.#capture.backend,
      });
    }
  }
}
