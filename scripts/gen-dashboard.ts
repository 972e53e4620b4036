/** Writes grafana/dashboards/red.json: many panels of few shapes, which are told once here. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One kind of traffic in one direction. */
interface Traffic {
  readonly metric: string;
  readonly code: string;
  /** Selects the answers that count as errors. */
  readonly errors: string;
  readonly legend: string;
}

/** As the article about the dashboard says; the dashboard that it tells of has the errors of the two directions exchanged. */
const inbound: readonly Traffic[] = [
  { metric: 'http_server_request_duration', code: 'http_response_status_code', errors: '=~"5.."', legend: 'HTTP' },
  { metric: 'rpc_server_call_duration', code: 'rpc_response_status_code', errors: '!~"0|OK|"', legend: 'gRPC' },
];
const outbound: readonly Traffic[] = [
  { metric: 'http_client_request_duration', code: 'http_response_status_code', errors: '=~"[45].."', legend: 'HTTP' },
  { metric: 'rpc_client_call_duration', code: 'rpc_response_status_code', errors: '!~"0|OK|"', legend: 'gRPC' },
];
const source = { type: 'prometheus', uid: '${datasource}' };

/**
 * The rate of a metric, by whichever names it arrived: a store that takes OTLP may leave the unit out of a metric's name, and has
 * the service in the label `job` (with its namespace in front) where a scrape has `service_name`.
 */
function rate({ metric }: Traffic, part: 'bucket' | 'sum' | 'count', more = ''): string {
  const name = `__name__=~"${metric}(_seconds)?_${part}"`;
  const scraped = `rate({${name}, service_name=~"$service"${more}}[$__rate_interval])`;
  const pushed = `rate({${name}, service_name="", job=~"(.+/)?($service)"${more}}[$__rate_interval])`;
  return `(${scraped} or label_replace(${pushed}, "service_name", "$1", "job", "(?:.+/)?(.+)"))`;
}

function quantile(traffic: Traffic, q: number, by = ''): string {
  return `histogram_quantile(${q}, sum by (service_name, ${by}le) (${rate(traffic, 'bucket')}))`;
}

const target = (index: number, expr: string, more: object) => {
  return { refId: String.fromCharCode(65 + index), datasource: source, expr, ...more };
};
const lines = (rows: readonly (readonly [expr: string, legendFormat: string])[]) =>
  rows.map(([expr, legendFormat], index) => target(index, expr, { legendFormat }));

function rates(traffic: readonly Traffic[]) {
  return lines(
    traffic.map((one) => [
      `sum by (service_name, ${one.code}) (${rate(one, 'count')})`,
      `{{service_name}} ${one.legend} {{${one.code}}}`,
    ]),
  );
}

/** A service without errors shows a line at zero. */
function errorShares(traffic: readonly Traffic[]) {
  return lines(
    traffic.flatMap((one) => {
      const all = `sum by (service_name) (${rate(one, 'count')})`;
      const failed = rate(one, 'count', `, ${one.code}${one.errors}`);
      return [
        [
          `sum by (service_name, ${one.code}) (${failed}) / on (service_name) group_left ${all}`,
          `{{service_name}} ${one.legend} {{${one.code}}}`,
        ],
        [`(sum by (service_name) (${failed}) or 0 * ${all}) / ${all}`, `{{service_name}} ${one.legend} all errors`],
      ] as const;
    }),
  );
}

function durations(traffic: readonly Traffic[]) {
  return lines(
    traffic.flatMap((one) => [
      ...[0.99, 0.95, 0.5].map((q) => [quantile(one, q), `{{service_name}} ${one.legend} p${q * 100}`] as const),
      [
        `sum by (service_name) (${rate(one, 'sum')}) / sum by (service_name) (${rate(one, 'count')})`,
        `{{service_name}} ${one.legend} average`,
      ] as const,
    ]),
  );
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

let lastId = 0;
function panel(type: string, title: string, gridPos: Place, rest: object) {
  lastId++;
  return { id: lastId, type, title, ...(type !== 'row' && { datasource: source }), gridPos, ...rest };
}

function graph(title: string, description: string, x: number, y: number, unit: string, targets: object[]) {
  const fieldConfig = { defaults: { unit, min: 0 }, overrides: [] };
  return panel('timeseries', title, { x, y, w: 8, h: 8 }, { description, fieldConfig, options: {}, targets });
}

/** The slowest of something, each with a link to its traces. */
function slowest(title: string, x: number, traffic: Traffic, label: string, column: string, attribute: string) {
  const query = `{ resource.service.name = "\${__data.fields.Service}" && span.${attribute} = "\${__data.fields.${column}}" }`;
  const panes = {
    traces: {
      datasource: '${tempo}',
      queries: [{ refId: 'A', queryType: 'traceql', query }],
      range: { from: '${__from}', to: '${__to}' },
    },
  };
  const link = {
    title: 'Traces of it',
    url: `/explore?schemaVersion=1&orgId=1&panes=${JSON.stringify(panes)}`,
    targetBlank: true,
  };
  const linked = { matcher: { id: 'byName', options: column }, properties: [{ id: 'links', value: [link] }] };
  const expr = `sort_desc(topk(5, ${quantile(traffic, 0.95, `${label}, `)} >= 0))`;
  return panel(
    'table',
    title,
    { x, y: 0, w: 12, h: 6 },
    {
      description: 'The five of all services whose slowest twentieth takes longest.',
      fieldConfig: { defaults: { unit: 's', min: 0 }, overrides: [linked] },
      options: {},
      targets: [target(0, expr, { format: 'table', instant: true })],
      transformations: [
        {
          id: 'organize',
          options: {
            excludeByName: { Time: true },
            indexByName: { service_name: 0, [label]: 1, Value: 2 },
            renameByName: { service_name: 'Service', [label]: column, Value: 'Duration' },
          },
        },
      ],
    },
  );
}

function direction(name: string, y: number, traffic: readonly Traffic[], errors: string) {
  return [
    panel('row', name, { x: 0, y, w: 24, h: 1 }, { collapsed: false, panels: [] }),
    graph(`${name}: request rate`, 'Requests per second by status code.', 0, y + 1, 'reqps', rates(traffic)),
    graph(
      `${name}: errors`,
      `Share of the requests that ended with ${errors}.`,
      8,
      y + 1,
      'percentunit',
      errorShares(traffic),
    ),
    graph(`${name}: duration`, 'Average and percentiles of what was waited for.', 16, y + 1, 's', durations(traffic)),
  ];
}

/** Names of services by either label. */
function services(): string {
  const metrics = [...inbound, ...outbound].map(({ metric }) => metric).join('|');
  const name = `__name__=~"(${metrics})(_seconds)?_count"`;
  const pushed = `label_replace({${name}, service_name="", job=~".+"}, "service_name", "$1", "job", "(?:.+/)?(.+)")`;
  return `count by (service_name) ({${name}, service_name=~".+"} or ${pushed})`;
}

const dashboard = {
  uid: 'beyla-ts-red',
  title: 'Beyla: RED metrics',
  tags: ['beyla', 'ebpf', 'http', 'grpc', 'red'],
  schemaVersion: 38,
  version: 2,
  editable: true,
  graphTooltip: 1,
  refresh: '30s',
  time: { from: 'now-30m', to: 'now' },
  templating: {
    list: [
      { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
      { name: 'tempo', label: 'Traces', type: 'datasource', query: 'tempo' },
      {
        ...{ name: 'service', label: 'Service', type: 'query', datasource: source, refresh: 2, sort: 1 },
        ...{ multi: true, includeAll: true, allValue: '.+', regex: '/service_name="([^"]+)"/' },
        query: { refId: 'service', query: `query_result(${services()})` },
        current: { text: ['All'], value: ['$__all'] },
      },
    ],
  },
  annotations: { list: [] },
  links: [],
  panels: [
    slowest('Slowest HTTP routes (p95)', 0, inbound[0] as Traffic, 'http_route', 'Route', 'http.route'),
    slowest('Slowest gRPC methods (p95)', 12, inbound[1] as Traffic, 'rpc_method', 'Method', 'rpc.method'),
    ...direction('Inbound', 6, inbound, '5xx, or with a gRPC status other than 0'),
    ...direction('Outbound', 15, outbound, '4xx or 5xx, or with a gRPC status other than 0'),
  ],
};
writeFileSync(
  join(import.meta.dirname, '../grafana/dashboards/red.json'),
  `${JSON.stringify(dashboard, undefined, 2)}\n`,
);
