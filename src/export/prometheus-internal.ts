import { type CounterName, counterHelp, counterLabels, counters } from '../telemetry/counters.ts';
import { internalBuildInfo } from './prometheus-info.ts';
import type { ReadingOptions } from './prometheus-reading.ts';

/** The agent's metrics about itself: every counter, so that "what was missed?" has one answer. */
export function internalReadings(): readonly ReadingOptions[] {
  const names = Object.keys(counterHelp) as CounterName[];
  return [internalBuildInfo(), ...names.map(reading)];
}

function reading(name: CounterName): ReadingOptions {
  const labelNames = counterLabels[name] ?? ['reason'];
  return {
    name: `beyla_${name}_total`,
    help: counterHelp[name],
    type: 'counter',
    *read() {
      for (const entry of counters.entries()) {
        if (entry.name === name) yield { labels: labelled(labelNames, entry.reason), value: entry.value };
      }
    },
  };
}

function labelled(names: readonly string[], reason: string): Readonly<Record<string, string>> {
  const values = names.length === 1 ? [reason] : reason.split(' ');
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
}
