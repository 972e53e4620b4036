import { endpointOf } from './enabled.ts';
import { resolveOtlp } from './otlp-target.ts';
import type { Note } from './problem.ts';
import type { Config } from './schema.ts';

/** What a configuration that is used leaves aside, although each value by itself is right. */
export function oddities(config: Config): readonly Omit<Note, 'where'>[] {
  const { discovery } = config;
  const hasGlobs = discovery.instrument.length + discovery.exclude_instrument.length > 0;
  const traces = resolveOtlp(config, 'traces');
  return [
    ...when(
      hasGlobs && discovery.services.length > 0,
      'discovery.services',
      'left aside because of the lists of globs',
    ),
    ...when(
      discovery.instrument.length > 0 && config.executable_name !== undefined,
      'executable_name',
      'left aside because of discovery.instrument',
    ),
    ...(traces.is === 'wrong'
      ? [{ key: traces.key, text: `"${traces.value}" ${traces.reason}; no traces are sent` }]
      : []),
  ];
}

/** Endpoints whose port means gRPC, where nobody has named a protocol. */
export function guessedGrpc(config: Config): readonly Omit<Note, 'where'>[] {
  return (['metrics', 'traces'] as const).flatMap((signal) => {
    const resolution = resolveOtlp(config, signal);
    const section = signal === 'metrics' ? config.otel_metrics_export : config.otel_traces_export;
    const isGuessed = resolution.is === 'on' && resolution.target.protocol === 'grpc' && section.protocol === '';
    const key = section.endpoint === '' ? 'otlp.endpoint' : `otel_${signal}_export.endpoint`;
    const text = `the port of ${endpointOf(config, signal)} means grpc, which is not spoken; use port 4318, or set the protocol`;
    return when(isGuessed, key, text);
  });
}

function when(condition: boolean, key: string, text: string): readonly Omit<Note, 'where'>[] {
  return condition ? [{ key, text }] : [];
}
