import { Registry } from 'prom-client';
import type { NamesVintage } from '../config/sections/agent.ts';
import { Turns } from '../lib/turns.ts';
import type { KnownServices } from '../metrics/known-services.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { vintageTables } from '../metrics/vintages.ts';
import { log } from '../telemetry/log.ts';
import type { Exporter } from './exporter.ts';
import { SeriesFamily } from './prometheus-family.ts';
import { buildInfo, targetInfo, tracesHostInfo, tracesTargetInfo } from './prometheus-info.ts';
import { internalReadings } from './prometheus-internal.ts';
import { Reading, type ReadingOptions } from './prometheus-reading.ts';
import { type ScrapePage, ScrapeServer } from './scrape-server.ts';
import type { Sink } from './sink.ts';

export interface PrometheusOptions {
  /** 0 lets the system choose: whether the exporter is on is decided by who opens it. */
  readonly port: number;
  readonly path: string;
  readonly ttlMs: number;
  readonly extraResourceAttributes: readonly string[];
  readonly disableBuildInfo: boolean;
  readonly metrics: Metrics;
  readonly services: KnownServices;
}

export interface ScrapeOptions {
  readonly application?: PrometheusOptions;
  readonly internal?: { readonly port: number; readonly path: string };
  /** How long a stop may take. */
  readonly closeMs: number;
  /** Called when a port cannot be had: the agent cannot do what it was asked to. */
  readonly onFatal: (error: Error) => void;
}

export interface PrometheusSink extends Sink {
  /** Ports in use, the application's first. */
  readonly ports: readonly number[];
}

/** Both pages that Prometheus may scrape: one server when their ports are the same, else two. */
export function prometheusSink({ application, internal, closeMs, onFatal }: ScrapeOptions): PrometheusSink {
  const servers = new Map<number, ScrapeServer>();
  const serve = (port: number, page: ScrapePage): void => {
    const server = servers.get(port) ?? new ScrapeServer(port);
    servers.set(port, server);
    server.add(page);
  };
  const shown = application && applicationPage(application);
  if (application !== undefined && shown !== undefined) serve(application.port, shown);
  if (internal !== undefined) {
    serve(
      internal.port,
      page(
        internal.path,
        (registry, isOpenMetrics) => register(registry, isOpenMetrics, internalReadings()),
        (registry) => registry.metrics(),
      ),
    );
  }
  return {
    name: 'prometheus',
    get ports() {
      return [...servers.values()].map(({ port }) => port);
    },
    async start() {
      for (const [port, server] of servers) await listen(port, server, onFatal);
    },
    write() {},
    reconfigure: () => shown?.refill(),
    async stop() {
      await Promise.all([...servers.values()].map((server) => server.close(closeMs)));
    },
  };
}

async function listen(port: number, server: ScrapeServer, onFatal: (error: Error) => void): Promise<void> {
  try {
    await server.listen();
    log.info('serving Prometheus metrics', { port: server.port });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    const why = code === 'EADDRINUSE' ? 'another program listens there' : String(cause);
    log.error('the Prometheus port cannot be opened', { port, why });
    onFatal(new Error(`the Prometheus port ${port} cannot be opened: ${why}`, { cause }));
  }
}

function applicationPage(options: PrometheusOptions): FilledPage {
  const { metrics, ttlMs } = options;
  const infos = infosOf(options);
  const fill = (registry: Registry, isOpenMetrics: boolean): void => {
    const turns = new Turns();
    // the attributes of a metric may have changed, so that it is in several groups
    const cells = new Map(metrics.groups.flatMap((group) => group.cells.map((cell) => [cell.metric.name, cell])));
    for (const cell of cells.values()) {
      new SeriesFamily(registry, { metrics, cell, ttlMs, isOpenMetrics, turns });
    }
    register(registry, isOpenMetrics, infos);
  };
  return page(options.path, fill, exposition);
}

const hadNoBuildInfo: ReadonlySet<NamesVintage> = new Set(['0.1', '1.0']);

function infosOf(options: PrometheusOptions): readonly ReadingOptions[] {
  const { metrics, services, extraResourceAttributes, disableBuildInfo } = options;
  const { features, vintage } = metrics.options;
  const isAll = features.includes('all') || features.includes('*');
  const hasSpans = isAll || features.includes('application_span') || features.includes('application_span_otel');
  // older vintages told nothing about the target
  const isOld = vintageTables[vintage].omitsEmpty;
  return [
    ...(disableBuildInfo || hadNoBuildInfo.has(vintage) ? [] : [buildInfo(services)]),
    ...(isOld ? [] : [targetInfo(services, extraResourceAttributes)]),
    ...(hasSpans ? [tracesTargetInfo(services, extraResourceAttributes)] : []),
    ...(isAll || features.includes('application_host') ? [tracesHostInfo(services)] : []),
  ];
}

function register(registry: Registry, isOpenMetrics: boolean, readings: readonly ReadingOptions[]): void {
  for (const reading of readings) new Reading(registry, isOpenMetrics, reading);
}

interface FilledPage extends ScrapePage {
  /** There may be other metrics now; a scrape that is under way ends with those that it began with. */
  refill(): void;
}

/** A registry for each form, because the client fixes the form in the registry. */
function page(
  path: string,
  fill: (registry: Registry, isOpenMetrics: boolean) => void,
  write: (registry: Registry) => Promise<string>,
): FilledPage {
  const plain = new Registry();
  const open = new Registry();
  // widened: the client types the form as part of the registry's type
  (open as Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE | typeof Registry.PROMETHEUS_CONTENT_TYPE>).setContentType(
    Registry.OPENMETRICS_CONTENT_TYPE,
  );
  const refill = (): void => {
    for (const registry of [plain, open]) {
      registry.clear();
      fill(registry, registry === open);
    }
  };
  refill();
  const rendering = new Map<Registry, Promise<string>>();
  return {
    path,
    refill,
    async render(isOpenMetrics) {
      const registry = isOpenMetrics ? open : plain;
      // scrapes that come while one is rendered share it, so that many readers cost no more than one
      const text = rendering.get(registry) ?? write(registry).finally(() => rendering.delete(registry));
      rendering.set(registry, text);
      return { contentType: registry.contentType, text: await text };
    },
  };
}

const hasSamples = /^# HELP .*\n# TYPE .*\n./;

/** As Go's client writes a page, which readers of the original know: by name, and nothing of metrics without a series. */
async function exposition(registry: Registry): Promise<string> {
  const names = registry.getMetricsAsArray().map(({ name }) => name);
  const texts = await Promise.all(names.sort().map((name) => registry.getSingleMetricAsString(name)));
  const shown = texts.filter((text) => hasSamples.test(text));
  const end = registry.contentType.startsWith('application/openmetrics-text') ? ['# EOF'] : [];
  return [...shown, ...end].map((text) => `${text}\n`).join('');
}

export const prometheusExporter: Exporter = {
  name: 'prometheus',
  needsIds: false,
  open({ prometheus, internal, closeMs, onFatal }, { services, metricsOf }) {
    if (prometheus === undefined && internal === undefined) return undefined;
    return prometheusSink({
      ...(prometheus && { application: { ...prometheus, metrics: metricsOf(prometheus.metrics), services } }),
      ...(internal && { internal }),
      closeMs,
      onFatal,
    });
  },
};
