import type { Span } from '../span/span.ts';
import { identify } from './identify.ts';
import { createNames, type NamesOptions } from './names.ts';
import { createRoutes, type RouteOptions } from './route.ts';

/** What happens to a batch of spans between decode and export; a transform never waits. */
export type Transform = (spans: readonly Span[]) => readonly Span[];

export interface TransformOptions {
  /** Undefined leaves addresses without names. */
  readonly names: NamesOptions | undefined;
  readonly routes: RouteOptions;
  /** Whether an exporter shows trace and span ids. */
  readonly needsIds: boolean;
}

export function createTransforms(options: TransformOptions): Transform {
  const steps: readonly Transform[] = [
    ...(options.names ? [createNames(options.names)] : []),
    createRoutes(options.routes),
    ...(options.needsIds ? [identify] : []),
  ];
  return (spans) => steps.reduce((batch, step) => step(batch), spans);
}
