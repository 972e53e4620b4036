import type { Config } from './config/schema.ts';
import type { TransformOptions } from './transform/list.ts';
import type { NamesOptions } from './transform/names.ts';
import { ReverseNames } from './transform/reverse-names.ts';
import type { RouteOptions } from './transform/route.ts';

/** What transforms need to know, taken from the configuration; whether ids are needed is the exporters' to say. */
export function transformOptionsOf(
  config: Config,
  names: NamesOptions | undefined,
): Omit<TransformOptions, 'needsIds'> {
  const { routes, filter } = config;
  return {
    names,
    routes: routes && routeOptionsOf(routes),
    filter: filter.application,
  };
}

/** Without a source of names the ends of spans stay addresses, and the own end is not renamed either. */
export function namesOf(
  { name_resolver: resolver }: Config,
  before?: { readonly config: Config; readonly names: NamesOptions | undefined },
): NamesOptions | undefined {
  // what is known of addresses stays
  if (before !== undefined && JSON.stringify(before.config.name_resolver) === JSON.stringify(resolver))
    return before.names;
  if (resolver === null || resolver === undefined || resolver.sources.length === 0) return undefined;
  if (!resolver.sources.includes('dns')) return { lookup: () => undefined };
  const names = new ReverseNames({ size: resolver.cache_len, ttlMs: resolver.cache_expiry });
  return { lookup: (address) => names.lookup(address) };
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
