import { SERVICE_NAME, SERVICE_NAMESPACE } from '../span/attributes.ts';
import type { Service } from '../span/service.ts';
import { type AttributeRule, off, on } from './definition.ts';

/** Labels by which Prometheus tells instances apart; in OTLP the resource does. */
export const INSTANCE = 'instance';
export const JOB = 'job';

export function jobOf({ name, namespace }: Service): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** Carried by every application metric. */
export const serviceAttributes: readonly AttributeRule[] = [
  ...on(SERVICE_NAME, SERVICE_NAMESPACE),
  { name: INSTANCE, isDefault: true, isPrometheusOnly: true },
  { name: JOB, isDefault: true, isPrometheusOnly: true },
];

export const kubernetesAttributes: readonly AttributeRule[] = on(
  'k8s.namespace.name',
  'k8s.pod.name',
  'k8s.container.name',
  'k8s.deployment.name',
  'k8s.replicaset.name',
  'k8s.daemonset.name',
  'k8s.statefulset.name',
  'k8s.job.name',
  'k8s.cronjob.name',
  'k8s.node.name',
  'k8s.pod.uid',
  'k8s.pod.start_time',
  'k8s.cluster.name',
  'k8s.owner.name',
  'k8s.kind',
);

export const containerAttributes: readonly AttributeRule[] = [...on('container.name'), ...off('container.id')];

/** Groups that depend on where the agent runs. */
export interface Surroundings {
  readonly kubernetes: boolean;
  readonly containers: boolean;
}

export function surroundingAttributes({ kubernetes, containers }: Surroundings): readonly AttributeRule[] {
  if (kubernetes) return kubernetesAttributes;
  return containers ? containerAttributes : [];
}
