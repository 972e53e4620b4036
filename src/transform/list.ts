import type { FilterClauses } from '../config/sections/filter.ts';
import type { Span } from '../span/span.ts';
import { createFilter } from './filter.ts';
import { identify } from './identify.ts';
import { createNames, type NamesOptions } from './names.ts';
import { createRoutes, type RouteOptions } from './route.ts';

/** What happens to a batch of spans between decode and export; a transform never waits. */
export type Transform = (spans: readonly Span[]) => readonly Span[];

export interface TransformOptions {
  /** Undefined leaves addresses without names. */
  readonly names: NamesOptions | undefined;
  /** Undefined leaves spans without routes. */
  readonly routes: RouteOptions | undefined;
  /** Conditions by attribute: `filter.application`. */
  readonly filter: Readonly<Record<string, FilterClauses>>;
  /** Whether an exporter shows trace and span ids. */
  readonly needsIds: boolean;
}

/** @throws AgentError when the filter names an attribute that no span has */
export function createTransforms(options: TransformOptions): Transform {
  const { names, routes, filter, needsIds } = options;
  const steps: readonly Transform[] = [
    ...(names ? [createNames(names)] : []),
    ...(routes ? [createRoutes(routes)] : []),
    ...(Object.keys(filter).length > 0 ? [createFilter(filter)] : []),
    ...(needsIds ? [identify] : []),
  ];
  return (spans) => steps.reduce((batch, step) => step(batch), spans);
}
