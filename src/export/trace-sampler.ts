import { type SamplerName, samplerNames } from '../config/sections/otel-traces-export.ts';
import type { Span } from '../span/span.ts';

export type { SamplerName };

/** What decides: the id alone, so that all agents decide alike, and for the parent-based ones what came with the request. */
export type Sampled = Pick<Span, 'traceId' | 'parentSpanId' | 'parentRule' | 'traceFlags'>;
export type Sampler = (span: Sampled) => boolean;

/** A sampler as it is written: by its name and its argument. */
export interface NamedSampler {
  readonly name: SamplerName;
  readonly ratio: number;
}

/** Free text, as in an entry of the discovery: a name or a ratio that does not exist keeps all traces. */
export function samplerNamed({ name, arg }: { readonly name: string; readonly arg: string }): NamedSampler {
  const ratio = arg.trim() === '' ? 1 : Number(arg);
  if (!isSamplerName(name) || Number.isNaN(ratio)) return { name: 'parentbased_always_on', ratio: 1 };
  return { name, ratio };
}

/** Share of the traces beginning here that is kept. */
export function rootRatio({ name, ratio }: NamedSampler): number {
  if (name.endsWith('always_on')) return 1;
  return name.endsWith('always_off') ? 0 : ratio;
}

export function samplerOf(sampler: NamedSampler): Sampler {
  const ofRoot = ratioSampler(rootRatio(sampler));
  return sampler.name.startsWith('parentbased_') ? parentBased(ofRoot) : ofRoot;
}

const sampledFlag = 1;

/** Whoever began the trace has decided for all of it. */
function parentBased(ofRoot: Sampler): Sampler {
  return (span) => {
    const hasParent = span.parentSpanId !== '' || span.parentRule !== 'none';
    return hasParent ? (span.traceFlags & sampledFlag) !== 0 : ofRoot(span);
  };
}

function isSamplerName(name: string): name is SamplerName {
  return (samplerNames as readonly string[]).includes(name);
}

/** The second half of the id is a random number of 64 bits: the upper 63 against the ratio, of which a double holds 52. */
function ratioSampler(ratio: number): Sampler {
  if (ratio >= 1) return () => true;
  if (!(ratio > 0)) return () => false;
  const bound = ratio * 2 ** 52;
  return ({ traceId }) => Number.parseInt(traceId.slice(16, 29), 16) < bound;
}
