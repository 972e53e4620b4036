import type { Tree, ValueOf } from '../tree.ts';

export const javaagent = {
  enabled: {
    doc: 'Attaches an agent to Java programs.',
    format: 'boolean',
    default: true,
    env: 'OTEL_EBPF_JAVAAGENT_ENABLED',
  },
  debug: {
    doc: 'Log of that agent.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_JAVAAGENT_DEBUG',
  },
  debug_instrumentation: {
    doc: 'Log of the classes that it changes.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_JAVAAGENT_DEBUG_INSTRUMENTATION',
  },
  attach_timeout: {
    doc: 'Longest time to attach it.',
    format: 'duration',
    default: '10s',
    env: 'OTEL_EBPF_JAVAAGENT_ATTACH_TIMEOUT',
  },
} as const satisfies Tree;

export const jvmRuntimeMetrics = {
  sampling_interval: {
    doc: 'How often the metrics of Java runtimes are read.',
    format: 'duration',
    default: '1s',
    env: 'OBI_JVM_RUNTIME_METRICS_SAMPLING_INTERVAL',
  },
} as const satisfies Tree;

export const nodejs = {
  enabled: {
    doc: 'Follows the context between asynchronous calls of Node.js programs.',
    format: 'boolean',
    default: true,
    env: 'OTEL_EBPF_NODEJS_ENABLED',
  },
  manual_spans: {
    doc: 'Collects the spans that a Node.js program makes itself.',
    format: 'boolean',
    default: false,
    env: 'OTEL_EBPF_NODEJS_MANUAL_SPANS',
  },
} as const satisfies Tree;

export type JavaagentConfig = ValueOf<typeof javaagent>;
export type JvmRuntimeMetricsConfig = ValueOf<typeof jvmRuntimeMetrics>;
export type NodejsConfig = ValueOf<typeof nodejs>;
