import { resolveOtlp } from './otlp-target.ts';
import type { Note } from './problem.ts';
import type { Config } from './schema.ts';

/** What a configuration that is used leaves aside, although each value by itself is right. */
export function oddities(config: Config): readonly Omit<Note, 'where'>[] {
  const traces = resolveOtlp(config, 'traces');
  return [
    ...unusedSelectors(config),
    ...unknownGroups(config),
    ...(traces.is === 'wrong'
      ? [{ key: traces.key, text: `"${traces.value}" ${traces.reason}; no traces are sent` }]
      : []),
  ];
}

function unknownGroups({ attributes }: Config): readonly Omit<Note, 'where'>[] {
  const unknown = Object.keys(attributes.extra_group_attributes).filter((group) => group !== 'k8s_app_meta');
  return unknown.map((group) => ({
    key: 'attributes.extra_group_attributes',
    text: `"${group}" is left aside: the only group is k8s_app_meta`,
  }));
}

/** `discover/rules.ts` says which selectors count. */
function unusedSelectors(config: Config): readonly Omit<Note, 'where'>[] {
  const { instrument, exclude_instrument, services, exclude_services } = config.discovery;
  const { target_pids, auto_target_exe, auto_target_language, executable_name } = config;
  const hasPids = target_pids !== undefined;
  const hasGlobs = instrument.length + exclude_instrument.length > 0;
  const hasNewer = instrument.length > 0 || auto_target_exe !== undefined || auto_target_language !== undefined;
  const regexps = hasPids ? 'target_pids' : 'the lists of globs';
  const byName = hasPids ? 'target_pids' : 'newer selectors';
  return [
    ...when((hasPids || hasGlobs) && services.length > 0, 'discovery.services', `left aside because of ${regexps}`),
    ...when(
      (hasPids || hasGlobs) && exclude_services.length > 0,
      'discovery.exclude_services',
      `left aside because of ${regexps}`,
    ),
    ...when(hasPids && instrument.length > 0, 'discovery.instrument', 'left aside because of target_pids'),
    ...when(
      (hasPids || hasNewer) && executable_name !== undefined,
      'executable_name',
      `left aside because of ${byName}`,
    ),
  ];
}

function when(condition: boolean, key: string, text: string): readonly Omit<Note, 'where'>[] {
  return condition ? [{ key, text }] : [];
}
