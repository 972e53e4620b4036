/**
 * What the agent says about itself in exported data: it speaks the data model of Grafana Beyla, but it is an
 * implementation of its own, with its own version, and says so.
 */
export const product = {
  name: 'beyla-typescript',
  version: '0.1.0',
  /** Scope of the spans and metrics: readers select on it, so it is the one of the data model. */
  scope: 'github.com/grafana/beyla',
  /** The word by which span metrics name their generator. */
  source: 'beyla',
} as const;

/** Commit of the build, put there by the bundler; a run from sources has none. */
export function revision(): string {
  return typeof BEYLA_REVISION === 'string' ? BEYLA_REVISION : 'unknown';
}

declare const BEYLA_REVISION: unknown;
