import type { Config } from './config/schema.ts';
import type { TransformOptions } from './transform/list.ts';
import type { RouteOptions } from './transform/route.ts';

/** What transforms need to know, taken from the configuration; whether ids are needed is the exporters' to say. */
export function transformOptionsOf(config: Config): Omit<TransformOptions, 'needsIds'> {
  const { routes, filter, name_resolver: resolver } = config;
  return {
    // without a source of names the ends of spans stay addresses, and the own end is not renamed either
    names: (resolver?.sources.length ?? 0) > 0 ? { lookup: () => undefined } : undefined,
    routes: routes && routeOptionsOf(routes),
    filter: filter.application,
  };
}

function routeOptionsOf(routes: NonNullable<Config['routes']>): RouteOptions {
  return {
    unmatched: routes.unmatched,
    patterns: routes.patterns,
    ignoredPatterns: routes.ignored_patterns,
    ignoreMode: routes.ignore_mode,
    wildcardChar: routes.wildcard_char,
    maxPathSegmentCardinality: routes.max_path_segment_cardinality,
  };
}
