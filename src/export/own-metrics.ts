import { type CounterName, counterHelp, counterLabels, counters } from '../telemetry/counters.ts';
import { type InternalName, type InternalValue, internalMetrics, internals } from '../telemetry/internal.ts';
import { buildHelp, buildLabels } from './prometheus-info.ts';

/** One of the agent's metrics about itself, for whichever way out. */
export interface OwnMetric {
  /** Words joined by `_`, without what an exporter puts before and after them. */
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly isSum?: boolean;
  readonly read: () => Iterable<InternalValue>;
}

const TOTAL = '_total';

/** Every counter, so that "what was missed?" has one answer, and figures read on demand. */
export function ownMetrics(): readonly OwnMetric[] {
  const names = Object.keys(counterHelp) as CounterName[];
  const figures = Object.keys(internalMetrics) as InternalName[];
  return [internalBuildInfo, ...names.map(counted), ...figures.map(figure)];
}

const internalBuildInfo: OwnMetric = {
  name: 'internal_build_info',
  help: buildHelp,
  type: 'gauge',
  read: () => [{ labels: buildLabels(), value: 1 }],
};

function figure(name: InternalName): OwnMetric {
  const bare = name.endsWith(TOTAL) ? name.slice(0, -TOTAL.length) : name;
  return { ...internalMetrics[name], name: bare, read: () => internals.read(name) };
}

function counted(name: CounterName): OwnMetric {
  const labelNames = counterLabels[name] ?? ['reason'];
  return {
    name,
    help: counterHelp[name],
    type: 'counter',
    *read() {
      for (const [reason, value] of counters.of(name)) yield { labels: labelled(labelNames, reason), value };
    },
  };
}

function labelled(names: readonly string[], reason: string): Readonly<Record<string, string>> {
  const words = reason.split(' ');
  const last = names.length - 1;
  return Object.fromEntries(names.map((name, i) => [name, i < last ? (words[i] ?? '') : words.slice(last).join(' ')]));
}
