import { agent } from './agent.ts';
import { exporting } from './exporting.ts';
import { kernel } from './kernel.ts';
import { metadata } from './metadata.ts';
import type { OldName } from './old-name.ts';
import { selection } from './selection.ts';

export const oldNames: readonly OldName[] = [...selection, ...agent, ...exporting, ...metadata, ...kernel];

/** Sections that moved as a whole. `otel_traces` and `otel_metrics` only ever stood in documents. */
export const movedSections: Readonly<Record<string, { readonly to: string; readonly valid: string }>> = {
  otel_traces: { to: 'otel_traces_export', valid: '0.0.1 to 1.x, in documents' },
  otel_metrics: { to: 'otel_metrics_export', valid: '0.0.1 to 1.x, in documents' },
  kubernetes: { to: 'attributes.kubernetes', valid: '0.0.4 to 0.4.1' },
};
