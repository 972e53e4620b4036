export type Language = 'go' | 'java' | 'dotnet' | 'python' | 'ruby' | 'nodejs' | 'rust' | 'php' | 'cpp' | 'generic';

/** How much of the processes of a service is captured: all, what goes over the wire in plain text, or nothing. */
export type Capturing = 'all' | 'plain text' | 'nothing';

/** One instrumented process as telemetry sees it: each is an OpenTelemetry resource of its own. */
export interface Service {
  readonly name: string;
  /** Empty when there is none. */
  readonly namespace: string;
  /** `service.instance.id`: `<host name>:<pid>`. */
  readonly instanceId: string;
  readonly language: Language;
  /** Process id as the agent's own namespace of pids sees it. */
  readonly pid: number;
  readonly executable: string;
  /** Attributes of the resource beyond the ones above: host, container, those of the target's OTEL_RESOURCE_ATTRIBUTES. */
  readonly resource: Readonly<Record<string, string>>;
  /** What may be exported of this service. */
  readonly exports: { readonly metrics: boolean; readonly traces: boolean };
  /** The process exports metrics itself: those of its requests are left to it. */
  readonly exportsOwnMetrics?: true;
  /** Metric families instead of those of the configuration, and the sampler of traces: of the entry that selected it. */
  readonly features?: readonly string[];
  readonly sampler?: { readonly name: string; readonly arg: string };
  /** Extra route patterns of the discovery entry that selected the process. */
  readonly routes?: { readonly incoming: readonly string[]; readonly outgoing: readonly string[] };
}
