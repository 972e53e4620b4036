import type { NamesVintage } from '../config/sections/agent.ts';
import {
  CLIENT_ADDRESS,
  HTTP_METHOD,
  HTTP_ROUTE,
  HTTP_STATUS,
  SERVER_ADDRESS,
  SERVER_PORT,
  URL_PATH,
  URL_SCHEME,
} from '../span/attributes.ts';
import { INSTANCE, JOB } from './attribute-groups.ts';
import { defaultBounds } from './buckets.ts';
import type { Bounds, MetricDefinition } from './definition.ts';

/** What one generation called things. Names that a table does not mention are today's. */
export interface VintageTable {
  /** Today's name → its name and help then; `null`: it did not exist. */
  readonly metrics: Readonly<Record<string, { readonly name: string; readonly help?: string } | null>>;
  readonly attributes: Readonly<Record<string, string>>;
  /** Today's default attributes that were opt-in or unknown. */
  readonly optIn: ReadonlySet<string>;
  /** A label without a value was left out of Prometheus instead of being empty. */
  readonly omitsEmpty: boolean;
  readonly bounds: Bounds;
}

const beforeV1Metrics: VintageTable['metrics'] = {
  'http.server.request.duration': { name: 'http.server.duration' },
  'http.client.request.duration': { name: 'http.client.duration' },
  'http.server.request.body.size': { name: 'http.server.request.size' },
  'http.client.request.body.size': { name: 'http.client.request.size' },
  'http.server.response.body.size': null,
  'http.client.response.body.size': null,
};

/** The default bounds of the Prometheus client, which the preview had not yet replaced. */
const clientBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const today: VintageTable = {
  metrics: {},
  attributes: {},
  optIn: new Set(),
  omitsEmpty: false,
  bounds: defaultBounds,
};

export const vintageTables: { readonly [vintage in NamesVintage]: VintageTable } = {
  current: today,
  // the names that differ are those of RPC, which is not computed yet
  '3.22': today,
  '1.6': {
    metrics: { 'http.server.response.body.size': null, 'http.client.response.body.size': null },
    attributes: { [INSTANCE]: 'target.instance' },
    optIn: new Set([URL_SCHEME, SERVER_ADDRESS, SERVER_PORT, JOB]),
    omitsEmpty: true,
    bounds: defaultBounds,
  },
  '1.0': {
    metrics: beforeV1Metrics,
    attributes: { [INSTANCE]: 'target.instance' },
    optIn: new Set([URL_SCHEME, SERVER_ADDRESS, SERVER_PORT, JOB]),
    omitsEmpty: true,
    bounds: defaultBounds,
  },
  '0.1': {
    metrics: {
      ...beforeV1Metrics,
      'http.server.request.duration': {
        name: 'http.server.duration',
        help: 'duration of HTTP service calls from the server side, in milliseconds',
      },
      'http.client.request.duration': {
        name: 'http.client.duration',
        help: 'duration of HTTP service calls from the client side, in milliseconds',
      },
    },
    attributes: {
      [HTTP_METHOD]: 'http.method',
      [HTTP_STATUS]: 'http.status_code',
      [URL_PATH]: 'http.target',
      [CLIENT_ADDRESS]: 'net.sock.peer.addr',
      [SERVER_ADDRESS]: 'net.sock.peer.name',
      [SERVER_PORT]: 'net.sock.peer.port',
    },
    // the route needed a routes section then: `attributes.select` turns it on
    optIn: new Set([URL_SCHEME, HTTP_ROUTE, SERVER_ADDRESS, SERVER_PORT, INSTANCE, JOB]),
    omitsEmpty: true,
    bounds: { duration: clientBounds, requestSize: clientBounds, responseSize: clientBounds },
  },
};

/** The definitions as a vintage had them. */
export function inVintage(metrics: readonly MetricDefinition[], table: VintageTable): readonly MetricDefinition[] {
  return metrics.flatMap((metric) => {
    const then = table.metrics[metric.name];
    if (then === null) return [];
    const attributes = metric.attributes.map((rule) =>
      table.optIn.has(rule.name) ? { ...rule, isDefault: false } : rule,
    );
    return [{ ...metric, ...then, attributes }];
  });
}
