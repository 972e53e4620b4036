import type { KnownServices } from '../metrics/known-services.ts';
import type { Metrics, MetricsOptions } from '../metrics/metrics.ts';
import type { Vintage } from '../span/vintage.ts';
import type { Sink } from './sink.ts';
import type { PrinterFormat } from './stdout.ts';

/** What the configuration says about exporting. A section that is undefined is an exporter that is off. */
export interface ExportOptions {
  readonly printer?: { readonly format: PrinterFormat; readonly vintage: Vintage } | undefined;
  readonly prometheus?: PrometheusSettings | undefined;
  /** The agent's metrics about itself. */
  readonly internal?: { readonly port: number; readonly path: string } | undefined;
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
  readonly metrics: MetricsOptions;
}

/** What exporters share. */
export interface ExportContext {
  readonly services: KnownServices;
  /** The aggregate for these options; exporters that want the same share one. */
  metricsOf(options: MetricsOptions): Metrics;
}

/** One way out: a file of its own and a line in `list.ts`. */
export interface Exporter {
  readonly name: string;
  /** Undefined when the options leave it off. */
  open(options: ExportOptions, context: ExportContext): Sink | undefined;
}
