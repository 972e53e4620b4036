import type { Tree, ValueOf } from '../tree.ts';
import { featureNames } from './features.ts';

export const metrics = {
  features: {
    doc: 'Metric families, for every exporter.',
    format: 'list',
    items: featureNames,
    default: ['application'],
    env: ['OTEL_EBPF_METRICS_FEATURES', 'OTEL_EBPF_METRIC_FEATURES'],
    expands: true,
  },
} as const satisfies Tree;

export type MetricsConfig = ValueOf<typeof metrics>;
