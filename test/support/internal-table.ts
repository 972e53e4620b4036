import { readFileSync } from 'node:fs';

/** One metric of the reference about itself. */
export interface InternalRow {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  /** Labels that this implementation adds. */
  readonly more?: readonly string[];
  readonly bounds?: readonly number[];
  readonly absent?: string;
  readonly page?: 'application';
  readonly otlp?: OtlpRow;
}

export interface OtlpRow {
  readonly name: string;
  /** `sum` only grows, `level` may shrink. */
  readonly type: 'sum' | 'level' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly bounds?: readonly number[];
}

const file = new URL('../fixtures/telemetry/internal-metrics.json', import.meta.url);

export const internalRows = (JSON.parse(readFileSync(file, 'utf8')) as { readonly metrics: readonly InternalRow[] })
  .metrics;
