import { cpus } from 'node:os';
import { SERVICE_NAME, SERVICE_NAMESPACE } from '../span/attributes.ts';
import type { NetworkTotals, ProcessSample } from '../span/process-sample.ts';
import type { Service } from '../span/service.ts';
import { containerAttributes, INSTANCE, JOB, jobOf, surroundingAttributes } from './attribute-groups.ts';
import type { AttributeRule } from './definition.ts';
import type { PointValue } from './getter.ts';
import { isOn } from './list.ts';
import type { MetricsOptions } from './metrics.ts';
import type { Observation, ObservedPoint, ObservedSource } from './observed.ts';
import * as process from './process.ts';
import { type Select, selectedAttributes } from './selection.ts';

export type ProcessOptions = Pick<MetricsOptions, 'features' | 'select' | 'surroundings' | 'ttlMs'>;

interface Known {
  readonly sample: ProcessSample;
  /** Since the look before; undefined at the first. */
  readonly utilization: ProcessSample['cpuSeconds'] | undefined;
  /** Carried since the process was first looked at. */
  readonly network: NetworkTotals;
  readonly sinceMs: number;
}

type Values = Readonly<Record<string, PointValue>>;

const cpuCount = cpus().length;
const feature = 'application_process';
const cpuModes = ['user', 'system', 'wait'] as const;

/** What instrumented processes use, for both ways out. */
export class ProcessSeries implements ObservedSource {
  readonly metrics = process.processMetrics;
  readonly #options: ProcessOptions;
  #rules: ReadonlyMap<process.ProcessMetric, readonly AttributeRule[]>;
  readonly #known = new Map<number, Known>();

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.#rules = rulesOf(options, options.select);
  }

  wants({ features, exports }: Service): boolean {
    return exports.metrics && isOn(feature, features ?? this.#options.features);
  }

  reconfigure(select: Select): void {
    this.#rules = rulesOf(this.#options, select);
  }

  record(sample: ProcessSample): void {
    const known = this.#known.get(sample.pid);
    const before = known?.sample.startTicks === sample.startTicks ? known : undefined;
    this.#known.set(sample.pid, {
      sample,
      utilization: before && utilizationOf(before.sample, sample),
      network: networkOf(before, sample),
      sinceMs: before?.sinceMs ?? sample.atMs,
    });
  }

  forget(pid: number): void {
    this.#known.delete(pid);
  }

  *observations(nowMs: number): Iterable<Observation> {
    const { ttlMs } = this.#options;
    for (const known of this.#known.values()) {
      if (ttlMs === 0 || nowMs - known.sample.atMs <= ttlMs) yield this.#observation(known);
    }
  }

  #observation(known: Known): Observation {
    const { sample } = known;
    const own = attributesOf(sample);
    const resource: Record<string, PointValue> = { 'process.creation.time': new Date(sample.createdMs).toISOString() };
    for (const { name } of [...this.#rules.values()].flat()) {
      if (name.startsWith('process.')) resource[name] = own[name] ?? '';
    }
    return { service: sample.service, resource, points: [...this.#points(known, own)] };
  }

  *#points({ sample, utilization, network, sinceMs }: Known, own: Values): Iterable<ObservedPoint> {
    const { createdMs, cpuSeconds, residentBytes, virtualBytes, disk } = sample;
    const point = (metric: process.ProcessMetric, value: number, startMs: number, further: Values = {}) =>
      this.#point(metric, value, startMs, { ...own, ...further });
    for (const mode of cpuModes) {
      yield point(process.cpuTime, cpuSeconds[mode], createdMs, { [process.CPU_MODE]: mode });
      if (utilization !== undefined) {
        yield point(process.cpuUtilization, utilization[mode], createdMs, { [process.CPU_MODE]: mode });
      }
    }
    yield point(process.memoryUsage, residentBytes, createdMs);
    yield point(process.memoryVirtual, virtualBytes, createdMs);
    for (const direction of ['read', 'write'] as const) {
      if (disk !== undefined)
        yield point(process.diskIo, disk[direction], createdMs, { [process.DISK_DIRECTION]: direction });
    }
    for (const direction of ['receive', 'transmit'] as const) {
      yield point(process.networkIo, network[direction], sinceMs, { [process.NETWORK_DIRECTION]: direction });
    }
  }

  #point(metric: process.ProcessMetric, value: number, startMs: number, values: Values): ObservedPoint {
    const labels: Record<string, PointValue> = {};
    const attributes: Record<string, PointValue> = {};
    for (const { name, isPrometheusOnly } of this.#rules.get(metric) ?? []) {
      labels[name] = values[name] ?? '';
      if (!isPrometheusOnly && labels[name] !== '') attributes[name] = labels[name];
    }
    return { metric, value, startMs, labels, attributes };
  }
}

/** What says which process it is belongs to the resource in OTLP; the id of the container is shown here, too. */
function rulesOf(
  { surroundings }: ProcessOptions,
  select: Select,
): ReadonlyMap<process.ProcessMetric, AttributeRule[]> {
  const around = surroundingAttributes(surroundings).map((rule) =>
    containerAttributes.includes(rule) ? { ...rule, isDefault: true } : rule,
  );
  return new Map(
    process.processMetrics.map((metric) => {
      const rules = selectedAttributes(metric.name, [...metric.attributes, ...around], select);
      return [
        metric,
        rules.map((rule) => (rule.name.startsWith('process.') ? { ...rule, isPrometheusOnly: true as const } : rule)),
      ];
    }),
  );
}

function attributesOf({ service, words, executable, ...sample }: ProcessSample): Values {
  return {
    ...service.resource,
    [SERVICE_NAME]: service.name,
    [SERVICE_NAMESPACE]: service.namespace,
    [INSTANCE]: service.instanceId,
    [JOB]: jobOf(service),
    [process.PROCESS_COMMAND]: sample.command,
    [process.PROCESS_OWNER]: sample.owner,
    [process.PROCESS_PARENT_PID]: sample.parentPid,
    [process.PROCESS_PID]: sample.pid,
    [process.PROCESS_COMMAND_LINE]: words.join(' '),
    [process.PROCESS_COMMAND_ARGS]: words.slice(1).join(' '),
    [process.PROCESS_EXECUTABLE_NAME]: executable.slice(executable.lastIndexOf('/') + 1),
    [process.PROCESS_EXECUTABLE_PATH]: executable,
  };
}

function utilizationOf(before: ProcessSample, now: ProcessSample): ProcessSample['cpuSeconds'] {
  const seconds = (Math.max(now.atMs - before.atMs, 1) / 1000) * cpuCount;
  const share = (mode: (typeof cpuModes)[number]) => (now.cpuSeconds[mode] - before.cpuSeconds[mode]) / seconds;
  return { user: share('user'), system: share('system'), wait: share('wait') };
}

/** Totals that shrink belong to interfaces that have gone or wrapped around: what was between is not known. */
function networkOf(before: Known | undefined, { network }: ProcessSample): NetworkTotals {
  const sum = before?.network ?? { receive: 0, transmit: 0 };
  const last = before?.sample.network;
  if (network === undefined || last === undefined) return sum;
  const [receive, transmit] = [network.receive - last.receive, network.transmit - last.transmit];
  return receive < 0 || transmit < 0 ? sum : { receive: sum.receive + receive, transmit: sum.transmit + transmit };
}
