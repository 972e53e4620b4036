import type { Glob } from '../lib/glob.ts';
import type { PortSet } from '../lib/ports.ts';
import type { Config } from './schema.ts';
import type { RegexpSelector, Selector } from './sections/selectors.ts';

/** Which lists decide, of the many that may be given. */
export interface Selected {
  /** Exactly these processes; `include` is then one entry without criteria that carries the name of the service. */
  readonly pids: PortSet | undefined;
  /** Any of these selects a process. */
  readonly include: readonly Selector[];
  /** Any of these drops it again. */
  readonly exclude: readonly Selector[];
}

type Needed = Pick<
  Config,
  | 'discovery'
  | 'open_port'
  | 'executable_name'
  | 'auto_target_exe'
  | 'auto_target_language'
  | 'target_pids'
  | 'service_name'
  | 'service_namespace'
>;

/** Resolves the selection: the lists of globs, the older lists of regular expressions, and the top-level keys. */
export function selectedBy(config: Needed): Selected {
  const { discovery } = config;
  const globs = [...discovery.exclude_instrument, ...discovery.default_exclude_instrument];
  const hasGlobs = discovery.instrument.length + discovery.exclude_instrument.length > 0;
  const hasRegexps = discovery.services.length + discovery.exclude_services.length > 0;
  const pids = config.target_pids;
  const name = { name: config.service_name, namespace: config.service_namespace };
  if (pids !== undefined) return { pids, include: [{ ...nothing, ...name }], exclude: globs };
  const old = topLevel(config, { exe_path: config.executable_name });
  if (hasRegexps && !hasGlobs) {
    const exclude = [...discovery.exclude_services, ...discovery.default_exclude_services].map(withPath);
    return { pids, include: [...discovery.services.map(withPath), ...old], exclude };
  }
  const today = topLevel(config, { exe_path: config.auto_target_exe, languages: config.auto_target_language });
  if (discovery.instrument.length > 0) return { pids, include: [...discovery.instrument, ...today], exclude: globs };
  const hasTarget = config.auto_target_exe !== undefined || config.auto_target_language !== undefined;
  return { pids, include: hasTarget ? today : old, exclude: globs };
}

function withPath(selector: RegexpSelector): Selector {
  const { exe_path_regexp: old, ...rest } = selector;
  return { ...rest, exe_path: rest.exe_path ?? old };
}

/** The one entry that the top-level keys amount to, all of them required at once. */
function topLevel(config: Needed, patterns: { exe_path?: Glob | undefined; languages?: Glob | undefined }): Selector[] {
  const given = [config.open_port, patterns.exe_path, patterns.languages];
  if (given.every((each) => each === undefined)) return [];
  return [
    {
      ...nothing,
      exe_path: patterns.exe_path,
      languages: patterns.languages,
      open_ports: config.open_port,
      name: config.service_name,
      namespace: config.service_namespace,
    },
  ];
}

const nothing: Selector = {
  open_ports: undefined,
  exe_path: undefined,
  cmd_args: undefined,
  languages: undefined,
  target_pids: undefined,
  containers_only: false,
  k8s_namespace: undefined,
  k8s_pod_name: undefined,
  k8s_deployment_name: undefined,
  k8s_replicaset_name: undefined,
  k8s_statefulset_name: undefined,
  k8s_daemonset_name: undefined,
  k8s_job_name: undefined,
  k8s_cronjob_name: undefined,
  k8s_container_name: undefined,
  k8s_owner_name: undefined,
  k8s_pod_labels: undefined,
  k8s_pod_annotations: undefined,
  container_name: undefined,
  name: '',
  namespace: '',
  exports: undefined,
  sampler: { name: '', arg: '' },
  routes: { incoming: [], outgoing: [] },
  metrics: { features: undefined },
};
