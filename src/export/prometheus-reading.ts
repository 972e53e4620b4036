import type { Distribution } from '../lib/distribution.ts';
import type { Labels, PrometheusFamily, PrometheusSample, PrometheusType } from './prometheus-family.ts';

export interface ReadingOptions {
  readonly name: string;
  readonly help: string;
  readonly type: PrometheusType;
  readonly read: () => Iterable<Reading>;
}

export interface Reading {
  readonly labels: Labels;
  /** Of a histogram, a distribution. */
  readonly value: number | Distribution;
}

/** A metric whose values live elsewhere and are read when it is scraped. */
export function readingFamily({ name, help, type, read }: ReadingOptions, isShownEmpty = false): PrometheusFamily {
  return {
    name,
    help,
    type,
    isShownEmpty,
    *samples() {
      for (const reading of read()) yield sampleOf(reading);
    },
  };
}

function sampleOf({ labels, value }: Reading): PrometheusSample {
  if (typeof value === 'number') return { labels, value };
  const { bounds, sum, counts } = value;
  const cells = Float64Array.of(sum, ...counts);
  return { labels, bounds: Float64Array.from(bounds), cells, exponential: undefined, exemplar: () => undefined };
}
