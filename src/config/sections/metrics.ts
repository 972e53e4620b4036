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
  series_limit: {
    per_service: {
      doc: 'Sets of attributes that the metrics of one instance of a service may have; further requests are counted in one with otel.metric.overflow="true". 0 means any number.',
      format: 'int',
      default: 2000,
      env: 'BEYLA_METRICS_SERIES_LIMIT_PER_SERVICE',
      ours: true,
    },
    total: {
      doc: 'Sets of attributes that all metrics may have. 0 means any number.',
      format: 'int',
      default: 20000,
      env: 'BEYLA_METRICS_SERIES_LIMIT_TOTAL',
      ours: true,
    },
  },
} as const satisfies Tree;

export type MetricsConfig = ValueOf<typeof metrics>;
