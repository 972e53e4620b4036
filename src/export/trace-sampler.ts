/** Names of OTEL_TRACES_SAMPLER. The sampler sees no parent, so the parent-based ones decide as their root sampler does. */
export type SamplerName =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio';

/** Whether the trace of the id is exported: a question of the id alone, so that all agents decide alike. */
export type Sampler = (traceId: string) => boolean;

export function samplerOf(name: SamplerName, ratio: number): Sampler {
  switch (name) {
    case 'always_off':
    case 'parentbased_always_off':
      return () => false;
    case 'traceidratio':
    case 'parentbased_traceidratio':
      return ratioSampler(ratio);
    case 'always_on':
    case 'parentbased_always_on':
      return () => true;
  }
}

/** The second half of the id is a random number of 64 bits: the upper 63 against the ratio, of which a double holds 52. */
function ratioSampler(ratio: number): Sampler {
  if (ratio >= 1) return () => true;
  if (!(ratio > 0)) return () => false;
  const bound = ratio * 2 ** 52;
  return (traceId) => Number.parseInt(traceId.slice(16, 29), 16) < bound;
}
