import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PrometheusSink, prometheusSink } from '../../src/export/prometheus.ts';
import { RPC_METHOD, RPC_STATUS, RPC_SYSTEM } from '../../src/span/attributes.ts';
import type { Span } from '../../src/span/span.ts';
import { aggregate } from '../support/aggregate.ts';
import { dashboard, queries, storeAt } from '../support/dashboard.ts';
import { freePorts } from '../support/free-ports.ts';
import { type PromServer, startPrometheus } from '../support/prometheus-server.ts';
import { testService, testSpan } from '../support/spans.ts';

/**
 * A real Prometheus with every kind of series that the dashboard shows, under the names of a scrape, and of what a store
 * makes of OTLP: without units, and with the service only in `job`. It answers the query of every panel.
 */
const service = testService({ name: 'scraped', namespace: 'shop' });
const { metrics, services, write } = aggregate({ features: ['application'] });
let sink: PrometheusSink;
let pushed: Server;
let prometheus: PromServer;
let store: ReturnType<typeof storeAt>;

beforeAll(async () => {
  const application = {
    ...{ port: 0, path: '/metrics', ttlMs: 0, extraResourceAttributes: [], disableBuildInfo: false },
    ...{ metrics, services },
  };
  const onFatal = (error: Error) => {
    throw error;
  };
  sink = prometheusSink({ application, internal: { port: 0, path: '/internal/metrics' }, closeMs: 1_000, onFatal });
  await sink.start();
  const [pushedPort = 0] = await freePorts(1);
  pushed = createServer(async (_, response) => response.end(await pageAsPushed())).listen(pushedPort);
  const job = (name: string, target: number) => ({
    ...{ job_name: name, honor_labels: true },
    static_configs: [{ targets: [`127.0.0.1:${target}`] }],
  });
  prometheus = await startPrometheus({ scrapes: [job('scraped', sink.ports[0] ?? 0), job('pushed', pushedPort)] });
  store = storeAt(prometheus.url);
  write(load());
  await scrapes(1);
  // A rate takes two points of every series, and must not be zero.
  write(load());
  await scrapes(2);
});

afterAll(async () => {
  await prometheus.stop();
  pushed.close();
  await sink.stop();
});

/** Nine good answers and one error of either kind and on either side. */
function load(): Span[] {
  const rpc = (status: string): Partial<Span> => ({
    ...{ family: 'rpc', instrumentation: 'grpc', name: '/shop.Carts/Get' },
    attributes: { [RPC_METHOD]: '/shop.Carts/Get', [RPC_SYSTEM]: 'grpc', [RPC_STATUS]: status },
  });
  return (['server', 'client'] as const).flatMap((side) => [
    ...Array.from({ length: 9 }, () => testSpan({ service, side }, { route: '/hello' })),
    ...Array.from({ length: 9 }, () => testSpan({ service, side }, rpc('OK'))),
    testSpan({ service, side, status: side === 'server' ? 500 : 404 }, { route: '/hello' }),
    testSpan({ service, side, status: side === 'server' ? 404 : 200 }, { route: '/hello' }),
    testSpan({ service, side }, rpc('NOT_FOUND')),
  ]);
}

/** Our page as a store shows what came over OTLP. */
async function pageAsPushed(): Promise<string> {
  const page = await (await fetch(`http://127.0.0.1:${sink.ports[0]}/metrics`)).text();
  return page
    .replaceAll('_duration_seconds', '_duration')
    .replaceAll(/service_name(space)?="[^"]*",?/g, '')
    .replaceAll('job="shop/scraped"', 'job="shop/pushed"');
}

/** Waits until both sets of names have as many values of that load. */
async function scrapes(loads: number): Promise<void> {
  const counts = '{__name__=~"(http|rpc)_(server|client)_.*duration(_seconds)?_count"}';
  const wanted = 2 * 2 * (11 + 10) * loads;
  await prometheus.reaches(`sum(${counts})`, wanted);
}

test.each(queries())('$title has data of both: $expr', async ({ expr }) => {
  const samples = (await store.samples(expr)).filter(({ value }) => value[1] !== 'NaN');
  expect(new Set(samples.map(({ metric }) => metric['service_name']))).toEqual(new Set(['scraped', 'pushed']));
});

test('errors are the share that was answered with 5xx, or outbound with 4xx, or with a gRPC status other than 0', async () => {
  const shares = queries().filter(({ title, expr }) => title.endsWith('errors') && expr.includes(' or 0 * '));
  expect(shares).toHaveLength(4);
  for (const { expr } of shares) {
    const samples = await store.samples(expr);
    expect(samples).toHaveLength(2);
    for (const { value } of samples) expect(Number(value[1])).toBeCloseTo(expr.includes('rpc_') ? 1 / 10 : 1 / 11, 6);
  }
});

test('the services to choose from are those of both', async () => {
  const variable = dashboard().templating.list.find(({ name }) => name === 'service');
  const query = typeof variable?.query === 'object' ? variable.query.query : '';
  const samples = await store.samples(/^query_result\((.*)\)$/.exec(query)?.[1] ?? '');
  expect(samples.map(({ metric }) => metric['service_name']).sort()).toEqual(['pushed', 'scraped']);
});
