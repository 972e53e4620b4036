import { isSetting, type Setting, type Tree, type ValueOf } from '../tree.ts';
import { otelTracesExport } from './otel-traces-export.ts';

/** Keys that have a default for traces but none here. */
const withoutDefault = new Set(['batch_max_size', 'batch_timeout', 'queue_size', 'reporters_cache_len']);

function prefixed<T extends Tree>(tree: T): T {
  const entries = Object.entries(tree).map(([key, node]) => [
    key,
    isSetting(node) ? withPrefix(key, node) : prefixed(node),
  ]);
  return Object.fromEntries(entries) as T;
}

function withPrefix(key: string, { live: _, ...setting }: Setting): Setting {
  const names = setting.env === undefined ? [] : [setting.env].flat();
  const initial = setting.format === 'duration' ? '0s' : 0;
  return {
    ...setting,
    env: names.map((name) => `BEYLA_GRAFANA_AI_${name}`),
    ...(withoutDefault.has(key) && { default: initial }),
  };
}

/** Traces of generative AI for Grafana: the keys of `otel_traces_export`, each variable with a prefix of its own. */
export const sigilExport = prefixed(otelTracesExport);

export type SigilExportConfig = ValueOf<typeof sigilExport>;
