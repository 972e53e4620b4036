import { type SamplerName, samplerNames } from '../config/sections/otel-traces-export.ts';

export type { SamplerName };

/** Whether the trace of the id is exported: a question of the id alone, so that all agents decide alike. */
export type Sampler = (traceId: string) => boolean;

/** The sampler sees no parent, so the parent-based ones decide as their root sampler does. */
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

/** As an entry of the discovery writes it: free text, so that a name or ratio that does not exist keeps all traces. */
export function samplerNamed({ name, arg }: { readonly name: string; readonly arg: string }): Sampler {
  const ratio = arg === '' ? 1 : Number(arg);
  return isSamplerName(name) ? samplerOf(name, Number.isNaN(ratio) ? 1 : ratio) : keepAll;
}

const keepAll: Sampler = () => true;

function isSamplerName(name: string): name is SamplerName {
  return (samplerNames as readonly string[]).includes(name);
}

/** The second half of the id is a random number of 64 bits: the upper 63 against the ratio, of which a double holds 52. */
function ratioSampler(ratio: number): Sampler {
  if (ratio >= 1) return () => true;
  if (!(ratio > 0)) return () => false;
  const bound = ratio * 2 ** 52;
  return (traceId) => Number.parseInt(traceId.slice(16, 29), 16) < bound;
}
