import type { OtlpTarget } from '../config/otlp-target.ts';
import type { TracePrinterVintage } from '../config/sections/agent.ts';
import type { ExemplarFilter } from '../metrics/exemplars.ts';
import type { ExponentialShape } from '../metrics/exponential-histogram.ts';
import type { KnownServices } from '../metrics/known-services.ts';
import { isOn } from '../metrics/list.ts';
import type { LiveMetricsOptions, Metrics, MetricsOptions } from '../metrics/metrics.ts';
import type { ObservedSource } from '../metrics/observed.ts';
import type { Select } from '../metrics/selection.ts';
import type { Service } from '../span/service.ts';
import type { RetryOptions } from './otlp-retry.ts';
import type { ProxyVariables } from './otlp-transport.ts';
import type { Sink } from './sink.ts';
import type { PrinterFormat } from './stdout.ts';
import type { ScrapeProtection, TlsOptions } from './tls-options.ts';
import type { NamedSampler } from './trace-sampler.ts';

/** What the configuration says about exporting. A section that is undefined is an exporter that is off. */
export interface ExportOptions {
  readonly printer?: { readonly format: PrinterFormat; readonly vintage: TracePrinterVintage } | undefined;
  readonly prometheus?: PrometheusSettings | undefined;
  readonly otlpMetrics?: OtlpMetricsSettings | undefined;
  readonly otlpTraces?: OtlpTracesSettings | undefined;
  /** `attributes.select`: the sections `traces` and `resource` count here, those of metrics in `MetricsOptions`. */
  readonly select: Select;
  /** What stands between pages of metrics and their readers. */
  readonly scrapes?: ScrapeProtection | undefined;
  /** The processes that are only listed; undefined when no survey is asked for. */
  readonly surveyed?: (() => Iterable<Service>) | undefined;
  /** The page of the agent's metrics about itself. */
  readonly internal?: { readonly port: number; readonly path: string } | undefined;
  /** The agent as a service, where its metrics about itself go out with the OTLP metrics. */
  readonly agent?: Service | undefined;
  /** How long each exporter may take to hand over what is left at the end. */
  readonly closeMs: number;
  /** An exporter cannot do its work at all: the port is taken. */
  readonly onFatal: (error: Error) => void;
}

export interface PrometheusSettings {
  readonly port: number;
  readonly path: string;
  readonly ttlMs: number;
  readonly extraResourceAttributes: readonly string[];
  readonly disableBuildInfo: boolean;
  readonly exemplars?: ExemplarFilter;
  readonly native?: ExponentialShape | undefined;
  readonly metrics: MetricsOptions;
}

export interface OtlpSettings {
  readonly target: OtlpTarget;
  readonly timeoutMs: number;
  readonly gzip: boolean;
  readonly tls: TlsOptions;
  readonly proxies?: ProxyVariables | undefined;
  readonly retry: RetryOptions;
}

export interface OtlpMetricsSettings extends OtlpSettings {
  readonly metrics: MetricsOptions;
  readonly intervalMs: number;
  readonly ttlMs: number;
  readonly temporality: 'cumulative' | 'delta';
  readonly exemplars?: ExemplarFilter;
}

export interface SamplerSettings extends NamedSampler {
  /** Traces shown although the sampler drops them: with an error in them, or a span that took longer; 0 = none. */
  readonly keepErrors?: boolean;
  readonly keepSlowerThanMs?: number;
}

export interface OtlpTracesSettings extends OtlpSettings {
  readonly instrumentations: readonly string[];
  readonly sampler: SamplerSettings;
  readonly batchMaxSize: number;
  readonly batchTimeoutMs: number;
  readonly queueSize: number;
}

/** What may change while exporters are open. */
export interface LiveExportOptions extends LiveMetricsOptions {
  readonly sampler: OtlpTracesSettings['sampler'];
}

/** What exporters share. */
export interface ExportContext {
  readonly services: KnownServices;
  /** Metrics that are looked up and not added up from spans. */
  readonly observed: readonly ObservedSource[];
  /** The aggregate for these options; exporters that want the same share one. */
  metricsOf(options: MetricsOptions): Metrics;
}

/** One way out: a file of its own and a line in `list.ts`. */
export interface Exporter {
  readonly name: string;
  /** Whether it shows trace and span ids, which cost something to make. */
  readonly needsIds: boolean;
  /** Undefined when the options leave it off. */
  open(options: ExportOptions, context: ExportContext): Sink | undefined;
}

/** Whether span metrics are computed here, so that a reader of the traces need not compute them again. */
export function hasSpanMetrics({ prometheus, otlpMetrics }: ExportOptions): boolean {
  return [prometheus, otlpMetrics].some((settings) => wantsSpanMetrics(settings?.metrics.features ?? []));
}

export function wantsSpanMetrics(features: readonly string[]): boolean {
  return isOn('application_span', features) || isOn('application_span_otel', features);
}
