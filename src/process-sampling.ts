import type { Config } from './config/schema.ts';
import { ProcessSampler, type SamplerOptions } from './discover/process-sampler.ts';
import type { ProcessSeries } from './metrics/process-series.ts';

/** Looks at the processes for those metrics; undefined when nobody wants them. */
export function processSamplerOf(
  { processes: { interval, runmode } }: Config,
  series: ProcessSeries | undefined,
  around: Pick<SamplerOptions, 'proc' | 'selected'>,
): ProcessSampler | undefined {
  if (series === undefined) return undefined;
  return new ProcessSampler({
    ...around,
    intervalMs: interval,
    isPrivileged: runmode === 'privileged',
    wants: (service) => series.wants(service),
    onSample: (sample) => series.record(sample),
  });
}
