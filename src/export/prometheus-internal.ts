import { type CounterName, counterHelp, counterLabels, counters } from '../telemetry/counters.ts';
import { type InternalName, internalMetrics, internals } from '../telemetry/internal.ts';
import { internalBuildInfo } from './prometheus-info.ts';
import type { ReadingOptions } from './prometheus-reading.ts';

/** The agent's metrics about itself: every counter, so that "what was missed?" has one answer, and figures read on demand. */
export function internalReadings(): readonly ReadingOptions[] {
  const names = Object.keys(counterHelp) as CounterName[];
  const figures = Object.keys(internalMetrics) as InternalName[];
  return [internalBuildInfo(), ...names.map(reading), ...figures.map(figure)];
}

function figure(name: InternalName): ReadingOptions {
  return { name: `beyla_${name}`, ...internalMetrics[name], read: () => internals.read(name) };
}

function reading(name: CounterName): ReadingOptions {
  const labelNames = counterLabels[name] ?? ['reason'];
  return {
    name: `beyla_${name}_total`,
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
