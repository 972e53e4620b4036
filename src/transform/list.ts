import type { FilterClauses } from '../config/sections/filter.ts';
import type { Service } from '../span/service.ts';
import type { Span } from '../span/span.ts';
import { createFilter } from './filter.ts';
import { identify } from './identify.ts';
import { createNames, type NamesOptions } from './names.ts';
import { type RouteDecision, type RouteOptions, Routes } from './route.ts';

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

/** All of them in their order. */
export class Transforms {
  #options: TransformOptions;
  #routes: Routes | undefined;
  #steps: readonly Transform[];

  /** @throws AgentError when the filter names an attribute that no span has */
  constructor(options: TransformOptions) {
    this.#options = options;
    this.#routes = options.routes && new Routes(options.routes);
    this.#steps = stepsOf(options, this.#routes);
  }

  /** What was lately decided about the paths of a service. */
  decidedRoutes(service: Service): Iterable<RouteDecision> {
    return this.#routes?.decided(service) ?? [];
  }

  apply(spans: readonly Span[]): readonly Span[] {
    return this.#steps.reduce((batch, step) => step(batch), spans);
  }

  /** What is known of paths stays. @throws AgentError as the constructor does; then everything stays as it was */
  reconfigure(change: Omit<TransformOptions, 'needsIds'>): void {
    const options = { ...this.#options, ...change };
    const isSame = JSON.stringify(options.routes) === JSON.stringify(this.#options.routes);
    const routes = isSame ? this.#routes : options.routes && new Routes(options.routes, this.#routes);
    this.#steps = stepsOf(options, routes);
    this.#routes = routes;
    this.#options = options;
  }
}

function stepsOf({ names, filter, needsIds }: TransformOptions, routes: Routes | undefined): readonly Transform[] {
  return [
    ...(names ? [createNames(names)] : []),
    ...(routes ? [(spans: readonly Span[]) => routes.apply(spans)] : []),
    ...(Object.keys(filter).length > 0 ? [createFilter(filter)] : []),
    ...(needsIds ? [identify] : []),
  ];
}
