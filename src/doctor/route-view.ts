import type { Selected } from '../discover/selected.ts';
import { textTable } from '../lib/text-table.ts';

type Service = Selected['service'];

/** One route of a service, and which paths became it. */
export interface RouteView {
  readonly service: string;
  readonly direction: 'incoming' | 'outgoing';
  /** Empty when the paths have none. */
  readonly route: string;
  readonly isIgnored: boolean;
  /** How many paths were lately seen. */
  readonly paths: number;
  readonly examples: readonly string[];
}

/** What was lately decided about the paths of a service. */
export type RoutesOf = (service: Service) => Iterable<{
  readonly direction: 'incoming' | 'outgoing';
  readonly path: string;
  readonly route: string;
  readonly isIgnored: boolean;
}>;

const shownExamples = 3;
/** So many a service and direction: the answer stays small also when every path is its own route. */
const maxRoutes = 100;

/** The routes of all services, those of most paths first. Processes of a service are told together. */
export function routeViews(services: Iterable<Service>, routesOf: RoutesOf): RouteView[] {
  const views = new Map<string, { view: Omit<RouteView, 'paths' | 'examples'>; paths: Set<string> }>();
  for (const one of services) {
    const service = one.namespace === '' ? one.name : `${one.namespace}/${one.name}`;
    for (const { direction, path, route, isIgnored } of routesOf(one)) {
      const key = JSON.stringify([service, direction, isIgnored, route]);
      const known = views.get(key) ?? { view: { service, direction, route, isIgnored }, paths: new Set() };
      views.set(key, known);
      known.paths.add(path);
    }
  }
  const all = [...views.values()].map(({ view, paths }) => ({
    ...view,
    paths: paths.size,
    examples: [...paths].slice(0, shownExamples),
  }));
  const groups = Object.values(Object.groupBy(all, ({ service, direction }) => `${service} ${direction}`));
  return groups.flatMap((group) => (group ?? []).toSorted((a, b) => b.paths - a.paths).slice(0, maxRoutes));
}

const columns = [
  { title: 'service', width: 20 },
  { title: 'side', width: 8 },
  { title: 'route', width: 28 },
  { title: 'paths', width: 6, align: 'right' },
  { title: 'for example', width: 34 },
] as const;

export function renderRoutes(views: readonly RouteView[]): string {
  if (views.length === 0) return 'No request over HTTP was seen yet.\n';
  const rows = views.map(({ service, direction, route, isIgnored, paths, examples }) => {
    const shown = isIgnored ? '(ignored)' : route || '(none)';
    return [service, direction, shown, String(paths), examples.join(' ')];
  });
  return `${textTable(columns, rows).join('\n')}\n`;
}
