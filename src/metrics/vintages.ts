import type { NamesVintage } from '../config/sections/agent.ts';
import {
  CLIENT_ADDRESS,
  DB_OPERATION,
  DB_SYSTEM,
  ERROR_TYPE,
  HTTP_METHOD,
  HTTP_ROUTE,
  HTTP_STATUS,
  RPC_GRPC_STATUS,
  RPC_STATUS,
  RPC_SYSTEM,
  SERVER_ADDRESS,
  SERVER_PORT,
  SERVICE_NAME,
  URL_PATH,
  URL_SCHEME,
} from '../span/attributes.ts';
import { INSTANCE, JOB } from './attribute-groups.ts';
import { defaultBounds } from './buckets.ts';
import type { Bounds, MetricDefinition } from './definition.ts';

/** What one generation called a metric. */
interface Then {
  readonly name: string;
  readonly help?: string;
  readonly prometheusName?: string;
  /** Attributes that had other names in this metric than elsewhere. */
  readonly attributeNames?: Readonly<Record<string, string>>;
}

/** What one generation called things. Names that a table does not mention are today's. */
export interface VintageTable {
  /** Today's name → what it was then; `null`: it did not exist. */
  readonly metrics: Readonly<Record<string, Then | null>>;
  readonly attributes: Readonly<Record<string, string>>;
  /** Today's default attributes that were opt-in or unknown. */
  readonly optIn: ReadonlySet<string>;
  /** A label without a value was left out of Prometheus instead of being empty. */
  readonly omitsEmpty: boolean;
  readonly bounds: Bounds;
}

const rpcAttributes = { [RPC_SYSTEM]: 'rpc.system', [RPC_STATUS]: RPC_GRPC_STATUS };

const metrics322: VintageTable['metrics'] = {
  'rpc.server.call.duration': { name: 'rpc.server.duration' },
  'rpc.client.call.duration': { name: 'rpc.client.duration' },
  'db.server.operation.duration': null,
  'traces.span.metrics.duration': {
    name: 'traces.span.metrics.duration',
    prometheusName: 'traces_span_metrics_duration',
  },
};

const ofSpanMetrics = { attributeNames: { [SERVICE_NAME]: 'service' } };

const metrics16: VintageTable['metrics'] = {
  ...metrics322,
  'http.server.response.body.size': null,
  'http.client.response.body.size': null,
  'db.client.operation.duration': {
    name: 'sql.client.duration',
    help: 'duration of SQL client operations, in seconds',
  },
  'messaging.client.operation.duration': null,
  'messaging.process.duration': null,
  'dns.lookup.duration': null,
  traces_spanmetrics_latency: { name: 'traces_spanmetrics_latency', ...ofSpanMetrics },
  traces_spanmetrics_calls_total: { name: 'traces_spanmetrics_calls_total', ...ofSpanMetrics },
  traces_spanmetrics_size_total: { name: 'traces_spanmetrics_size_total', ...ofSpanMetrics },
  traces_spanmetrics_response_size_total: null,
};

const metrics10: VintageTable['metrics'] = {
  ...metrics16,
  'http.server.request.duration': { name: 'http.server.duration' },
  'http.client.request.duration': { name: 'http.client.duration' },
  'http.server.request.body.size': { name: 'http.server.request.size' },
  'http.client.request.body.size': { name: 'http.client.request.size' },
  // the texts are as they were, mistakes included
  'rpc.server.call.duration': {
    name: 'rpc.server.duration',
    help: 'duration of RCP service calls from the server side, in seconds',
  },
  'rpc.client.call.duration': {
    name: 'rpc.client.duration',
    help: 'duration of GRPC service calls from the client side, in seconds',
  },
};

const optIn16 = [URL_SCHEME, SERVER_ADDRESS, SERVER_PORT, JOB, DB_SYSTEM, ERROR_TYPE];
const attributes16 = { ...rpcAttributes, [DB_OPERATION]: 'db.operation', [INSTANCE]: 'target.instance' };

/** The default bounds of the Prometheus client, which the preview had not yet replaced. */
const clientBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export const vintageTables: { readonly [vintage in NamesVintage]: VintageTable } = {
  current: { metrics: {}, attributes: {}, optIn: new Set(), omitsEmpty: false, bounds: defaultBounds },
  '3.22': {
    metrics: metrics322,
    attributes: rpcAttributes,
    optIn: new Set(),
    omitsEmpty: false,
    bounds: defaultBounds,
  },
  '1.6': {
    metrics: metrics16,
    attributes: attributes16,
    optIn: new Set(optIn16),
    omitsEmpty: true,
    bounds: defaultBounds,
  },
  '1.0': {
    metrics: metrics10,
    attributes: attributes16,
    optIn: new Set(optIn16),
    omitsEmpty: true,
    bounds: defaultBounds,
  },
  '0.1': {
    metrics: {
      ...metrics10,
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
      ...rpcAttributes,
      [DB_OPERATION]: 'db.operation',
      [HTTP_METHOD]: 'http.method',
      [HTTP_STATUS]: 'http.status_code',
      [URL_PATH]: 'http.target',
      [CLIENT_ADDRESS]: 'net.sock.peer.addr',
      [SERVER_ADDRESS]: 'net.sock.peer.name',
      [SERVER_PORT]: 'net.sock.peer.port',
    },
    // the route needed a routes section then: `attributes.select` turns it on
    optIn: new Set([...optIn16, HTTP_ROUTE, INSTANCE]),
    omitsEmpty: true,
    bounds: { duration: clientBounds, requestSize: clientBounds, responseSize: clientBounds },
  },
};

/** The definitions as a vintage had them. */
export function inVintage(metrics: readonly MetricDefinition[], table: VintageTable): readonly MetricDefinition[] {
  return metrics.flatMap((metric) => {
    const then = table.metrics[metric.name];
    if (then === null) return [];
    const aliases = namesEver(metric.name);
    const attributes = metric.attributes.map((rule) =>
      table.optIn.has(rule.name) ? { ...rule, isDefault: false } : rule,
    );
    return [{ ...metric, ...then, attributes, aliases }];
  });
}

/** Today's name of a metric and all that it had before. */
function namesEver(name: string): readonly string[] {
  return [name, ...Object.values(vintageTables).flatMap(({ metrics }) => metrics[name]?.name ?? [])];
}
