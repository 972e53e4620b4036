import type { Setting, Tree, ValueOf } from '../tree.ts';
import { featureNames } from './features.ts';

/** The keys of one entry of a list of selectors; `pattern` tells globs (new lists) from regular expressions (old ones). */
function selector<P extends 'glob' | 'regexp'>(pattern: P) {
  const byName = `${pattern}map` as `${P}map`;
  const criterion = <D extends string>(doc: D) => ({ doc, format: pattern, default: undefined }) as const;
  return {
    open_ports: {
      doc: 'The process listens on any of these: a number, a text of numbers and ranges, or a list of numbers.',
      format: 'ports',
      default: undefined,
    },
    exe_path: criterion('Full path of the executable.'),
    cmd_args: criterion('Command line without its first word.'),
    languages: criterion('Detected language: go, java, dotnet, python, ruby, nodejs, rust, php, cpp or generic.'),
    target_pids: { doc: 'Process ids.', format: 'ints', default: undefined },
    containers_only: {
      doc: 'The process lives in another network namespace than the agent.',
      format: 'boolean',
      default: false,
    },
    k8s_namespace: criterion('Kubernetes namespace.'),
    k8s_pod_name: criterion('Name of the pod.'),
    k8s_deployment_name: criterion('Name of the deployment.'),
    k8s_replicaset_name: criterion('Name of the replica set.'),
    k8s_statefulset_name: criterion('Name of the stateful set.'),
    k8s_daemonset_name: criterion('Name of the daemon set.'),
    k8s_job_name: criterion('Name of the job.'),
    k8s_cronjob_name: criterion('Name of the cron job.'),
    k8s_container_name: criterion('Name of the container in its pod.'),
    k8s_owner_name: criterion('Name of any owner of the pod.'),
    k8s_pod_labels: { doc: 'Labels of the pod; all must match.', format: byName, default: undefined },
    k8s_pod_annotations: { doc: 'Annotations of the pod; all must match.', format: byName, default: undefined },
    container_name: criterion('Name of the container for its runtime.'),
    name: {
      doc: 'Name of the service for the processes that match; not a criterion.',
      format: 'string',
      default: '',
    },
    namespace: {
      doc: 'Namespace of the service for the processes that match; not a criterion.',
      format: 'string',
      default: '',
    },
    exports: {
      doc: 'Signals that leave for the processes that match; without it all do, with an empty list none.',
      format: 'list',
      items: { of: ['metrics', 'traces', 'logs'], unknown: 'refused' },
      default: undefined,
    },
    sampler: {
      name: { doc: 'Sampler of the traces of the processes that match.', format: 'string', default: '' },
      arg: { doc: 'Argument of that sampler.', format: 'string', default: '' },
    },
    routes: {
      incoming: { doc: 'Further route patterns for server spans.', format: 'list', default: [] },
      outgoing: { doc: 'Further route patterns for client spans.', format: 'list', default: [] },
    },
    metrics: {
      features: {
        doc: 'Metric families of the processes that match.',
        format: 'list',
        items: featureNames,
        default: undefined,
      },
    },
  } as const satisfies Tree;
}

const globs = selector('glob');
const regexps = {
  ...selector('regexp'),
  exe_path_regexp: {
    doc: 'Full path of the executable.',
    format: 'regexp',
    default: undefined,
    deprecated: 'exe_path',
  },
} as const satisfies Tree;

/** A list whose entries select processes by globs. */
export function globSelectors<D extends readonly unknown[]>(doc: string, initial: D) {
  return { doc, format: 'objects', children: globs, default: initial } as const satisfies Setting;
}

/** A list whose entries select processes by regular expressions. */
export function regexpSelectors<D extends readonly unknown[]>(doc: string, initial: D) {
  return { doc, format: 'objects', children: regexps, default: initial } as const satisfies Setting;
}

export type GlobSelector = ValueOf<typeof globs>;
export type RegexpSelector = ValueOf<typeof regexps>;
/** Patterns of both kinds are asked the same question, so an entry of either list can be used where this is expected. */
export type Selector = GlobSelector;
/** Keys of an entry that decide whether a process matches; the others describe what happens to it. */
export const criteria: readonly (keyof RegexpSelector)[] = [
  'open_ports',
  'exe_path',
  'exe_path_regexp',
  'cmd_args',
  'languages',
  'target_pids',
  'containers_only',
  'k8s_namespace',
  'k8s_pod_name',
  'k8s_deployment_name',
  'k8s_replicaset_name',
  'k8s_statefulset_name',
  'k8s_daemonset_name',
  'k8s_job_name',
  'k8s_cronjob_name',
  'k8s_container_name',
  'k8s_owner_name',
  'k8s_pod_labels',
  'k8s_pod_annotations',
  'container_name',
];
