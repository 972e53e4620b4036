import type { Formats } from '../tree.ts';
import type { Written } from '../written.ts';

/** What an old name did, and what stands for it today. */
export interface OldName {
  /** Paths in the file. */
  readonly keys?: readonly string[];
  readonly variables?: readonly string[];
  /** Versions in which it was valid. */
  readonly valid: string;
  /** What to write today. */
  readonly today: string;
  /** Paths that take the value as it is; without them and `becomes`, the name has lost its meaning. */
  readonly to?: readonly string[];
  /** How the value is written, for `becomes`. */
  readonly format?: keyof Formats;
  /** Values of today's keys that mean the same. */
  readonly becomes?: (written: Written) => Readonly<Record<string, Written>>;
}

/** The value of an old switch that was on. */
export function whenOn(values: Readonly<Record<string, Written>>): Pick<OldName, 'format' | 'becomes'> {
  return { format: 'boolean', becomes: (written) => (written === true ? values : {}) };
}

/** A variable that has only gained its prefix. */
export function prefixed(variable: string, to: string, valid = '0.0.1 to 0.3'): OldName {
  return { variables: [variable], valid, today: `BEYLA_${variable}`, to: [to] };
}

const exporters = ['otel_metrics_export', 'otel_traces_export', 'prometheus_export'];

export function ofEveryExporter(key: string): string[] {
  return exporters.map((section) => `${section}.${key}`);
}
