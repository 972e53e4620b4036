import { agent } from './sections/agent.ts';
import { attributes } from './sections/attributes.ts';
import { discovery } from './sections/discovery.ts';
import { ebpf } from './sections/ebpf.ts';
import { filter } from './sections/filter.ts';
import { governor } from './sections/governor.ts';
import { grafana } from './sections/grafana.ts';
import { healthCheck } from './sections/health-check.ts';
import { injector } from './sections/injector.ts';
import { internalMetrics } from './sections/internal-metrics.ts';
import { metrics } from './sections/metrics.ts';
import { nameResolver } from './sections/name-resolver.ts';
import { network } from './sections/network.ts';
import { otelMetricsExport } from './sections/otel-metrics-export.ts';
import { otelTracesExport } from './sections/otel-traces-export.ts';
import { otlp } from './sections/otlp.ts';
import { processes, topology } from './sections/processes.ts';
import { prometheusExport } from './sections/prometheus-export.ts';
import { routes } from './sections/routes.ts';
import { javaagent, jvmRuntimeMetrics, nodejs } from './sections/runtimes.ts';
import { selection } from './sections/selection.ts';
import { sigilExport } from './sections/sigil-export.ts';
import { stats } from './sections/stats.ts';
import { surroundings } from './sections/surroundings.ts';
import type { Tree, ValueOf } from './tree.ts';

/** Every key of the configuration, in the order in which the documents list them. */
export const schema = {
  ...selection,
  ...agent,
  discovery,
  metrics,
  otel_metrics_export: otelMetricsExport,
  otel_traces_export: otelTracesExport,
  prometheus_export: prometheusExport,
  otlp,
  grafana,
  routes,
  attributes,
  filter,
  name_resolver: nameResolver,
  ebpf,
  governor,
  internal_metrics: internalMetrics,
  health_check: healthCheck,
  network,
  stats,
  processes,
  topology,
  javaagent,
  jvm_runtime_metrics: jvmRuntimeMetrics,
  nodejs,
  injector,
  sigil_export: sigilExport,
  surroundings,
} as const satisfies Tree;

/** Sections that a null in the file removes: the stage that they configure is bypassed. */
export const removable = ['routes', 'name_resolver'] as const;
type Removable = (typeof removable)[number];
type Everything = ValueOf<typeof schema>;

/** The loaded configuration. Only `main.ts` and `agent.ts` see the whole; a part is given its own section. */
export type Config = Omit<Everything, Removable> & { readonly [K in Removable]: Everything[K] | undefined };
