import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NamesVintage } from '../config/sections/agent.ts';
import type { ExemplarFilter } from '../metrics/exemplars.ts';
import type { ExponentialShape } from '../metrics/exponential-histogram.ts';
import type { KnownServices } from '../metrics/known-services.ts';
import { isOn } from '../metrics/list.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { ObservedSource } from '../metrics/observed.ts';
import { vintageTables } from '../metrics/vintages.ts';
import { log } from '../telemetry/log.ts';
import { preferred } from './accepted.ts';
import type { Exporter } from './exporter.ts';
import { type PrometheusFamily, seriesFamily } from './prometheus-family.ts';
import type { ExpositionForm } from './prometheus-form.ts';
import { buildInfo, targetInfo, tracesHostInfo, tracesTargetInfo } from './prometheus-info.ts';
import { ebpfReadings, internalReadings } from './prometheus-internal.ts';
import { observedReadings } from './prometheus-observed.ts';
import { protobuf } from './prometheus-protobuf.ts';
import { type ReadingOptions, readingFamily } from './prometheus-reading.ts';
import { openMetrics, plainText } from './prometheus-text.ts';
import { type ScrapePage, ScrapeServer } from './scrape-server.ts';
import type { Sink } from './sink.ts';
import type { ScrapeProtection } from './tls-options.ts';

export interface PrometheusOptions {
  /** 0 lets the system choose: whether the exporter is on is decided by who opens it. */
  readonly port: number;
  readonly path: string;
  readonly ttlMs: number;
  readonly extraResourceAttributes: readonly string[];
  readonly disableBuildInfo: boolean;
  readonly exemplars?: ExemplarFilter;
  /** Of the native histograms; undefined leaves them out. */
  readonly native?: ExponentialShape | undefined;
  readonly metrics: Metrics;
  readonly services: KnownServices;
  readonly observed?: readonly ObservedSource[];
}

export interface ScrapeOptions {
  readonly application?: PrometheusOptions;
  readonly internal?: { readonly port: number; readonly path: string };
  readonly protection?: ScrapeProtection;
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
export function prometheusSink(options: ScrapeOptions): PrometheusSink {
  const { application, internal, protection = unprotected, closeMs, onFatal } = options;
  const servers = new Map<number, ScrapeServer>();
  const serve = (port: number, page: ScrapePage): void => {
    const server = servers.get(port) ?? new ScrapeServer(port, protection);
    servers.set(port, server);
    server.add(page);
  };
  if (application !== undefined) serve(application.port, applicationPage(application));
  if (internal !== undefined) serve(internal.port, internalPage(internal.path));
  return {
    name: 'prometheus',
    get ports() {
      return [...servers.values()].map(({ port }) => port);
    },
    async start() {
      for (const [port, server] of servers) await listen(port, server, onFatal);
    },
    write() {},
    async stop() {
      await Promise.all([...servers.values()].map((server) => server.close(closeMs)));
    },
  };
}

const unprotected: ScrapeProtection = { certFile: '', keyFile: '', clientCaFile: '', username: '', password: '' };

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

function applicationPage(options: PrometheusOptions): ScrapePage {
  const { metrics, ttlMs, exemplars = 'always_off', native, path } = options;
  const infos = infosOf(options).map((info) => readingFamily(info));
  const hasExemplars = exemplars !== 'always_off';
  metrics.wantExemplars(exemplars);
  const families = (): readonly PrometheusFamily[] => {
    // the attributes of a metric may have changed, so that it is in several groups
    const cells = new Map(metrics.groups.flatMap((group) => group.cells.map((cell) => [cell.metric.name, cell])));
    return [...[...cells.values()].map((cell) => seriesFamily({ metrics, cell, ttlMs, hasExemplars })), ...infos];
  };
  const forms = native === undefined ? [openMetrics, plainText] : [protobuf, openMetrics, plainText];
  return page(path, forms, families, (form) => {
    // who reads them pays for them: nobody else has them counted
    if (form === protobuf) metrics.wantExponentials(native);
  });
}

function internalPage(path: string): ScrapePage {
  const families = internalReadings().map((reading) => readingFamily(reading, true));
  return page(path, [openMetrics, plainText], () => families);
}

const hadNoBuildInfo: ReadonlySet<NamesVintage> = new Set(['0.1', '1.0']);

function infosOf(options: PrometheusOptions): readonly ReadingOptions[] {
  const { metrics, services, extraResourceAttributes, disableBuildInfo, observed = [] } = options;
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
    ...(isOn('ebpf', features) ? ebpfReadings() : []),
    ...observed.flatMap(observedReadings),
  ];
}

/** By name, as Go's client writes a page, which readers of the original know. */
function page(
  path: string,
  forms: readonly ExpositionForm[],
  families: () => readonly PrometheusFamily[],
  onForm: (form: ExpositionForm) => void = () => {},
): ScrapePage {
  const names = forms.map(({ mediaType }) => mediaType);
  return {
    path,
    render(accept) {
      const wanted = preferred(accept, names);
      const form = forms.find(({ mediaType }) => mediaType === wanted) ?? plainText;
      onForm(form);
      const sorted = families().toSorted((a, b) => (a.name < b.name ? -1 : 1));
      return { contentType: form.contentType, chunks: chunksOf(form, sorted) };
    },
  };
}

/** About a millisecond of work: what else waits, such as records of the kernel, has its turn in between. */
const chunkSize = 32 * 1024;

async function* chunksOf(
  form: ExpositionForm,
  families: readonly PrometheusFamily[],
): AsyncIterable<string | Uint8Array> {
  let text = '';
  for (const family of families) {
    for await (const piece of form.pieces(family)) {
      if (typeof piece === 'string') text += piece;
      if (typeof piece === 'string' && text.length < chunkSize) continue;
      yield typeof piece === 'string' ? text : piece;
      text = '';
      await nextTurn();
    }
  }
  if (text !== '' || form.end !== '') yield text + form.end;
}

export const prometheusExporter: Exporter = {
  name: 'prometheus',
  needsIds: false,
  open({ prometheus, internal, scrapes, closeMs, onFatal }, { services, observed, metricsOf }) {
    if (prometheus === undefined && internal === undefined) return undefined;
    return prometheusSink({
      ...(scrapes && { protection: scrapes }),
      ...(prometheus && { application: { ...prometheus, metrics: metricsOf(prometheus.metrics), services, observed } }),
      ...(internal && { internal }),
      closeMs,
      onFatal,
    });
  },
};
