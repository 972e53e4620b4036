import type { GoQuestions } from './attach/go-library.ts';
import type { Config } from './config/schema.ts';
import { rootRatio } from './export/trace-sampler.ts';
import { liveExportOptionsOf } from './export-options.ts';
import type { Way } from './kernel/propagation.ts';
import type { TraceSettings } from './kernel/trace-settings.ts';

/** `needsIds`: somebody shows them here. `writesHeaders`: they are shown at the other end. */
export interface TraceNeeds {
  readonly needsIds: boolean;
  readonly writesHeaders: boolean;
}

/** Undefined when nobody shows ids, here or at the other end: then nothing is spent on them. */
export function traceSettingsOf(config: Config, { needsIds, writesHeaders }: TraceNeeds): TraceSettings | undefined {
  const usesOptions = waysOf(config).includes('tcp');
  if (!needsIds && !usesOptions && !writesHeaders) return undefined;
  const ratio = rootRatio(liveExportOptionsOf(config).sampler);
  return { relatesHost: !config.ebpf.disable_black_box_cp, usesOptions, writesHeaders, ratio };
}

/** The ways in which requests shall carry their trace out. */
export function waysOf({ ebpf: { context_propagation: words } }: Config): readonly Way['name'][] {
  return (['tcp', 'headers'] as const).filter((way) => words.includes(way) || words.includes('all'));
}

/** What is asked of libraries in Go: each probe costs, so only what somebody shows. */
export function goQuestionsOf(config: Config, needs: TraceNeeds): GoQuestions | undefined {
  if (config.discovery.skip_go_specific_tracers) return undefined;
  return { handlerTimes: needs.needsIds, traces: traceSettingsOf(config, needs) !== undefined };
}
