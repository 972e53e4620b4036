import { labelName } from '../metrics/definition.ts';
import type { KnownServices } from '../metrics/known-services.ts';
import { SERVICE_INSTANCE_ID } from '../span/attributes.ts';
import type { Service } from '../span/service.ts';
import { product, revision } from '../telemetry/product.ts';
import { sortedLabels } from './prometheus-labels.ts';
import type { ReadingOptions } from './prometheus-reading.ts';
import { resourceAttributes } from './resource.ts';

const goNames: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** Keys as dashboards of the original expect them; the values tell that this is another implementation. */
export function buildLabels(): Readonly<Record<string, string>> {
  return {
    goarch: goNames[process.arch] ?? process.arch,
    goos: process.platform,
    goversion: `node ${process.version}`,
    implementation: product.name,
    revision: revision(),
    version: product.version,
  };
}

export const buildHelp =
  "A metric with a constant '1' value labeled by version, revision, platform and runtime of the agent";

/** One series for each language among the instrumented services. */
export function buildInfo(services: KnownServices): ReadingOptions {
  const labels = buildLabels();
  return {
    name: 'beyla_build_info',
    help: `${buildHelp}, and the language of the reported services`,
    type: 'gauge',
    read: () =>
      [...services.languages()].map((language) => ({ labels: { ...labels, target_lang: language }, value: 1 })),
  };
}

/** Resource attributes of these kinds are always labels; others of a target only when they are asked for. */
const shownPrefixes = ['service.', 'telemetry.', 'host.', 'os.', 'k8s.', 'container.', 'cloud.'];

export function targetInfo(services: KnownServices, extraAttributes: readonly string[]): ReadingOptions {
  return target('target_info', 'attributes associated to a given monitored entity', services, extraAttributes);
}

/** The same under the name that readers of span metrics join with. */
export function tracesTargetInfo(services: KnownServices, extraAttributes: readonly string[]): ReadingOptions {
  return target(
    'traces_target_info',
    'target service information in trace span metric format',
    services,
    extraAttributes,
  );
}

/** One series a host; the blank at the end of its help is the reference's. */
export function tracesHostInfo(services: KnownServices): ReadingOptions {
  return {
    name: 'traces_host_info',
    help: "A metric with a constant '1' value labeled by the host id ",
    type: 'gauge',
    read() {
      const ids = new Set([...services.all()].map(({ resource }) => resource['host.id'] ?? ''));
      return [...ids].filter((id) => id !== '').map((id) => ({ labels: { grafana_host_id: id }, value: 1 }));
    },
  };
}

function target(
  name: string,
  help: string,
  services: KnownServices,
  extraAttributes: readonly string[],
): ReadingOptions {
  const extra = new Set(extraAttributes.map(labelName));
  const read = () => [...services.all()].map((service) => ({ labels: targetLabels(service, extra), value: 1 }));
  return { name, help, type: 'gauge', read };
}

function targetLabels(service: Service, extra: ReadonlySet<string>): Readonly<Record<string, string>> {
  const { name, namespace, instanceId } = service;
  const labels: Record<string, string> = {
    instance: instanceId,
    job: namespace === '' ? name : `${namespace}/${name}`,
    source: product.source,
    service_namespace: namespace,
  };
  for (const [key, value] of Object.entries(resourceAttributes(service))) {
    if (key === SERVICE_INSTANCE_ID) continue;
    const label = labelName(key);
    if (extra.has(label) || shownPrefixes.some((prefix) => key.startsWith(prefix))) labels[label] = value;
  }
  return sortedLabels(labels);
}
