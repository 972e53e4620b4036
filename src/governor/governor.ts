import type { Part } from '../pipeline/part.ts';
import type { Capturing, Service } from '../span/service.ts';
import type { Span } from '../span/span.ts';
import { counters } from '../telemetry/counters.ts';
import type { GovernedState } from '../telemetry/governed.ts';
import { type InternalValue, internals } from '../telemetry/internal.ts';
import { log } from '../telemetry/log.ts';
import { judge, type Level, levels, type PolicyOptions, type Standing, unburdened } from './policy.ts';
import type { ProbeCost } from './probe-cost.ts';

export interface GovernorOptions extends Omit<PolicyOptions, 'hasProbes'> {
  readonly intervalMs: number;
  readonly probes: ProbeCost;
  /** Captures so much of the processes of a service from now on. */
  readonly capture: (service: Service, how: Capturing) => void;
  /** Whether there are probes in any process of the service. */
  readonly hasProbes: (service: Service) => boolean;
  /** Whether spans are shown anywhere: only then can they be missed. */
  readonly showsSpans: boolean;
}

/** All the processes of one name. */
interface Governed {
  readonly service: Service;
  standing: Standing;
  /** It has, or had before they were shed. */
  hasProbes: boolean;
  records: number;
  cost: number;
}

/** One slice of measured time in so many: see ProbeCost. */
const measuredEvery = 30;
/** More than the kernel programs have ever been seen to take for a record, traps of probes in a virtual machine included. */
const dearestNsPerRecord = 50_000;
/** The share of the budget from which on their cost is worth knowing. */
const worthMeasuring = 0.25;
/** Of a service with few spans, one trace in so many is shown: the same ones for every service, as the id decides. */
const shownOneIn = 10;

const shortestMs = 10;

const capturing: Readonly<Partial<Record<Level, Capturing>>> = { 'no probes': 'plain text', nothing: 'nothing' };

const noTraces = { metrics: false, traces: true };
const nothingShown = { metrics: true, traces: true };

/**
 * Watches what the agent and its kernel programs cost on behalf of each service, and sheds detail of one that costs more
 * than its budget, before it suffers: first spans, then probes, in the end everything.
 */
export class Governor implements Part {
  readonly name = 'governor';
  readonly #options: GovernorOptions;
  readonly #byKey = new Map<string, Governed>();
  /** Spares building the key for each span. */
  #byService = new WeakMap<Service, Governed>();
  #records = 0;
  #ticks = 0;
  #cpu = process.cpuUsage();
  #atMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #withdraw: (() => void)[] = [];

  constructor(options: GovernorOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#timer = setInterval(() => this.#tick(), Math.max(this.#options.intervalMs, shortestMs));
    this.#withdraw = [
      internals.provide('service_cpu_ratio', () => this.#values(({ cost }) => cost)),
      internals.provide('service_detail_level', () =>
        this.#values(({ standing }) => levels.length - 1 - levels.indexOf(standing.level)),
      ),
    ];
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const withdraw of this.#withdraw) withdraw();
    this.#options.probes.end(this.#records);
  }

  /** Counts the spans, and marks those that are not to be shown. */
  govern(spans: readonly Span[]): void {
    this.#records += spans.length;
    let shed = 0;
    for (const span of spans) {
      const governed = this.#byService.get(span.service) ?? this.#governedOf(span.service);
      governed.records++;
      const { level } = governed.standing;
      if (level === 'everything' || span.ignored.traces || (level === 'few spans' && isShown(span))) continue;
      span.ignored = span.ignored.metrics ? nothingShown : noTraces;
      shed++;
    }
    if (shed > 0 && this.#options.showsSpans) counters.add('spans_lost', 'governor', shed);
  }

  /** Of the services that had requests lately, or of which less is told. */
  *states(): Iterable<GovernedState> {
    for (const { service, standing, cost } of this.#byKey.values()) {
      const { name, namespace } = service;
      yield { service: name, namespace, told: standing.level, cpu: cost, budget: this.#options.budget };
    }
  }

  /** Measuring slows every run of the programs, so it is left alone while even the dearest records could not matter. */
  #mayBeDear(recordsPerMs: number): boolean {
    return (recordsPerMs * dearestNsPerRecord) / 1e6 >= this.#options.budget * worthMeasuring;
  }

  #governedOf(service: Service): Governed {
    const key = JSON.stringify([service.namespace, service.name]);
    const governed = this.#byKey.get(key) ?? { service, standing: unburdened, hasProbes: false, records: 0, cost: 0 };
    this.#byKey.set(key, governed);
    this.#byService.set(service, governed);
    return governed;
  }

  #tick(): void {
    const { probes } = this.#options;
    const nowMs = performance.now();
    const elapsedMs = nowMs - this.#atMs;
    const { user, system } = process.cpuUsage(this.#cpu);
    this.#cpu = process.cpuUsage();
    this.#atMs = nowMs;
    let records = 0;
    for (const governed of this.#byKey.values()) records += governed.records;
    this.#ticks++;
    if (probes.isMeasuring) probes.end(this.#records);
    else if (this.#mayBeDear(records / elapsedMs) && (this.#ticks % measuredEvery === 0 || probes.nsPerRecord === 0)) {
      probes.begin(this.#records);
    }
    const agentMs = (user + system) / 1000;
    for (const [key, governed] of this.#byKey) {
      const probesMs = (governed.records * probes.nsPerRecord) / 1e6;
      const share = records === 0 ? 0 : governed.records / records;
      governed.cost = (agentMs * share + probesMs) / elapsedMs;
      const isIdle = governed.records === 0;
      governed.records = 0;
      this.#judge(governed, elapsedMs);
      if (isIdle && governed.standing.level === 'everything' && governed.standing.sheds === 0) this.#forget(key);
    }
  }

  #judge(governed: Governed, elapsedMs: number): void {
    const before = governed.standing;
    const { budget, patienceMs, hasProbes } = this.#options;
    if (before.level === 'no spans') governed.hasProbes ||= hasProbes(governed.service);
    const options = { budget, patienceMs, hasProbes: governed.hasProbes };
    governed.standing = judge(before, governed.cost, elapsedMs, options);
    const { level } = governed.standing;
    if (level !== before.level) this.#changed(governed, level, before.level);
  }

  #changed({ service, cost }: Governed, level: Level, before: Level): void {
    const isLess = levels.indexOf(level) > levels.indexOf(before);
    counters.add('governor_steps', level);
    const fields = {
      service: service.name,
      namespace: service.namespace,
      cpu: cost.toFixed(4),
      budget: this.#options.budget,
    };
    if (level === 'nothing') {
      log.error('a service costs more than its budget: it is NOT CAPTURED any more, its metrics have a gap', fields);
    } else if (isLess) log.warn('a service costs more than its budget: less of it is told', { ...fields, told: level });
    else log.warn('more of a service is told again', { ...fields, told: level });
    const how = capturing[level] ?? 'all';
    if (how !== (capturing[before] ?? 'all')) this.#options.capture(service, how);
  }

  #forget(key: string): void {
    this.#byKey.delete(key);
    this.#byService = new WeakMap();
  }

  *#values(of: (governed: Governed) => number): Iterable<InternalValue> {
    for (const governed of this.#byKey.values()) {
      const { name, namespace } = governed.service;
      yield { labels: { service_name: name, service_namespace: namespace }, value: of(governed) };
    }
  }
}

function isShown({ traceId }: Span): boolean {
  return Number.parseInt(traceId.slice(16, 24), 16) < 2 ** 32 / shownOneIn;
}
