import type { PrometheusFamily, PrometheusType } from './prometheus-family.ts';
import { labelText } from './prometheus-text.ts';

export interface ReadingOptions {
  readonly name: string;
  readonly help: string;
  readonly type: PrometheusType;
  readonly read: () => Iterable<Reading>;
}

export interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Of the names that a histogram consists of. */
  readonly suffix?: string;
}

/** A metric whose values live elsewhere and are read when it is scraped. */
export function readingFamily({ name, help, type, read }: ReadingOptions, isShownEmpty = false): PrometheusFamily {
  return {
    name,
    help,
    type,
    isShownEmpty,
    *samples() {
      for (const { labels, value, suffix } of read()) yield { labels: labelText(labels), value, suffix };
    },
  };
}
