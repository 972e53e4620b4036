import { Lru } from '../lib/lru.ts';
import { ownText } from '../lib/own-text.ts';
import { HTTP_ROUTE } from '../span/attributes.ts';
import type { Service } from '../span/service.ts';
import type { Span } from '../span/span.ts';
import { heuristicRoute } from './route-heuristic.ts';
import { RoutePatterns } from './route-pattern.ts';
import { RouteTrie } from './route-trie.ts';

export type UnmatchedRoute = 'unset' | 'path' | 'wildcard' | 'heuristic' | 'low-cardinality';

export interface RouteOptions {
  readonly unmatched: UnmatchedRoute;
  readonly patterns: readonly string[];
  readonly ignoredPatterns: readonly string[];
  readonly ignoreMode: 'all' | 'metrics' | 'traces';
  readonly wildcardChar: string;
  /** Values a segment may have before it collapses; 0 is no limit. */
  readonly maxPathSegmentCardinality: number;
}

export const defaultRouteOptions: RouteOptions = {
  unmatched: 'low-cardinality',
  patterns: [],
  ignoredPatterns: [],
  ignoreMode: 'all',
  wildcardChar: '*',
  maxPathSegmentCardinality: 10,
};

interface Verdict {
  readonly route: string;
  readonly isIgnored: boolean;
}

export interface RouteDecision extends Verdict {
  readonly direction: 'incoming' | 'outgoing';
  readonly path: string;
}

/** Goes before the paths of other protocols, which are judged otherwise. */
const notHttp = '\u0000';

/** What is known about the paths of one process in one direction. */
interface Direction {
  readonly patterns: RoutePatterns;
  readonly verdicts: Lru<string, Verdict>;
  trieVersion: number;
}

interface ServiceRoutes {
  readonly incoming: Direction;
  readonly outgoing: Direction;
  /** Shared by the processes of a service, so that they agree on what collapsed. */
  readonly trie: RouteTrie;
}

/** Paths remembered a process and direction, in each of two generations. */
const rememberedPaths = 2048;
const rememberedServices = 1000;

export function createRoutes(options: RouteOptions): (spans: readonly Span[]) => readonly Span[] {
  const routes = new Routes(options);
  return (spans) => routes.apply(spans);
}

/** Gives spans their route, name and `http.route`, and marks those that the configuration ignores. */
export class Routes {
  readonly #options: RouteOptions;
  readonly #patterns: RoutePatterns;
  readonly #ignored: RoutePatterns;
  readonly #ignoredMark: Span['ignored'];
  readonly #services = new WeakMap<Service, ServiceRoutes>();
  readonly #tries: Lru<string, RouteTrie>;

  /** What services have shown of their paths is taken over from `before`, when it still means the same. */
  constructor(options: RouteOptions, before?: Routes) {
    this.#options = options;
    const known = before === undefined ? undefined : before.#triesFor(options);
    this.#tries = known ?? new Lru(rememberedServices);
    this.#patterns = new RoutePatterns(options.patterns);
    this.#ignored = new RoutePatterns(options.ignoredPatterns);
    const { ignoreMode } = options;
    this.#ignoredMark = { metrics: ignoreMode !== 'traces', traces: ignoreMode !== 'metrics' };
  }

  /** What was lately decided about the paths of a service. */
  *decided(service: Service): Iterable<RouteDecision> {
    const routes = this.#services.get(service);
    if (routes === undefined) return;
    for (const direction of ['incoming', 'outgoing'] as const) {
      for (const [path, verdict] of routes[direction].verdicts.entries()) {
        if (!path.startsWith(notHttp)) yield { direction, path, ...verdict };
      }
    }
  }

  apply(spans: readonly Span[]): readonly Span[] {
    for (const span of spans) this.#applyTo(span);
    return spans;
  }

  #triesFor({ wildcardChar, maxPathSegmentCardinality }: RouteOptions): Lru<string, RouteTrie> | undefined {
    const own = this.#options;
    const isSame = own.wildcardChar === wildcardChar && own.maxPathSegmentCardinality === maxPathSegmentCardinality;
    return isSame ? this.#tries : undefined;
  }

  #applyTo(span: Span): void {
    const routes = this.#services.get(span.service) ?? this.#newService(span.service);
    const direction = span.kind === 'client' || span.kind === 'producer' ? routes.outgoing : routes.incoming;
    if (direction.trieVersion !== routes.trie.version) {
      direction.verdicts.clear();
      direction.trieVersion = routes.trie.version;
    }
    const isHttp = span.family === 'http';
    const key = isHttp ? span.path : `${notHttp}${span.path}`;
    let verdict = direction.verdicts.get(key);
    if (verdict === undefined) {
      verdict = this.#judge(ownText(span.path), isHttp, direction.patterns, routes.trie);
      direction.verdicts.set(ownText(key), verdict);
    }
    if (verdict.isIgnored) span.ignored = this.#ignoredMark;
    // a template that a library probe delivered is better than any guess
    else if (span.route === '') span.route = verdict.route;
    if (!isHttp || span.route === '') return;
    span.name = `${span.method} ${span.route}`;
    if (HTTP_ROUTE in span.attributes) span.attributes[HTTP_ROUTE] = span.route;
  }

  #judge(path: string, isHttp: boolean, own: RoutePatterns, trie: RouteTrie): Verdict {
    if (this.#ignored.match(path) !== undefined) return { route: '', isIgnored: true };
    const route = this.#patterns.match(path) ?? (isHttp ? own.match(path) : undefined);
    return { route: route ?? this.#unmatched(path, isHttp, trie), isIgnored: false };
  }

  #unmatched(path: string, isHttp: boolean, trie: RouteTrie): string {
    const { unmatched, wildcardChar } = this.#options;
    if (unmatched === 'path') return path;
    if (!isHttp || unmatched === 'unset') return '';
    if (unmatched === 'wildcard') return '/**';
    const route = heuristicRoute(path, wildcardChar);
    return unmatched === 'heuristic' ? route : trie.routeOf(route);
  }

  #newService(service: Service): ServiceRoutes {
    const { maxPathSegmentCardinality, wildcardChar } = this.#options;
    const name = `${service.namespace}\u0000${service.name}`;
    const trie = this.#tries.get(name) ?? new RouteTrie(maxPathSegmentCardinality, wildcardChar);
    this.#tries.set(name, trie);
    const routes = {
      incoming: direction(service.routes?.incoming ?? [], trie),
      outgoing: direction(service.routes?.outgoing ?? [], trie),
      trie,
    };
    this.#services.set(service, routes);
    return routes;
  }
}

function direction(patterns: readonly string[], { version }: RouteTrie): Direction {
  return { patterns: new RoutePatterns(patterns), verdicts: new Lru(rememberedPaths), trieVersion: version };
}
