import type { Part } from '../pipeline/part.ts';
import type { Span } from '../span/span.ts';
import type { LiveExportOptions } from './exporter.ts';

/**
 * Where finished spans go. `write` never waits and never throws: what cannot be taken is dropped and counted. `stop` hands
 * over what is left, within the deadline that the sink was opened with.
 */
export interface Sink extends Part {
  /** Takes over settings that may change at any time; those of metrics belong to the aggregate. */
  reconfigure?(change: LiveExportOptions): void;
  write(spans: readonly Span[]): void;
}
