import type { Language, Service } from '../span/service.ts';
import { isExpanded, resourceAttributes } from './environment.ts';
import type { Host } from './host.ts';
import type { Process } from './process.ts';
import type { Overrides, Rule } from './rules.ts';

/** Names that other parts may know for a process: container labels, and later Kubernetes. */
export interface KnownNames {
  readonly name?: string;
  readonly namespace?: string;
  /** Further attributes of the resource. */
  readonly resource?: Readonly<Record<string, string>>;
}

/** These have members of their own in Service, or would contradict what only the agent knows. */
const reserved = new Set([
  'service.name',
  'service.namespace',
  'service.instance.id',
  'host.name',
  'host.id',
  'os.type',
]);

/**
 * Who a process is for those who look at its telemetry. The name is the first of: what the process itself says, the name
 * of the entry that selected it, names known from its container, its executable.
 */
export function identify(
  process: Process,
  rules: readonly Rule[],
  host: Host,
  language: Language,
  known: KnownNames = {},
): Service {
  const overrides = merged(rules);
  const own = resourceAttributes(process.environment['OTEL_RESOURCE_ATTRIBUTES']);
  const attributes = Object.keys(own).length > 0 ? own : host.defaultResource;
  const ownName = process.environment['OTEL_SERVICE_NAME'] ?? '';
  return {
    name: (isExpanded(ownName) ? ownName : own['service.name']) ?? overrides.name ?? known.name ?? process.exeName,
    namespace:
      own['service.namespace'] ?? overrides.namespace ?? known.namespace ?? attributes['service.namespace'] ?? '',
    instanceId: `${host.name}:${process.pid}`,
    language,
    pid: process.pid,
    executable: process.exe,
    resource: {
      ...without(reserved, attributes),
      ...known.resource,
      ...(process.containerId !== '' && { 'container.id': process.containerId }),
      ...host.resource,
    },
    exports: {
      metrics: overrides.exports?.includes('metrics') ?? true,
      traces: overrides.exports?.includes('traces') ?? true,
    },
    ...(overrides.features !== undefined && { features: overrides.features }),
    ...(overrides.sampler !== undefined && { sampler: overrides.sampler }),
    ...(overrides.routes !== undefined && { routes: overrides.routes }),
  };
}

/** Of several matching entries the later wins, key by key; features are those of the last one, also when it has none. */
export function merged(rules: readonly Rule[]): Overrides {
  const { features: _, ...rest } = Object.assign({}, ...rules.map((rule) => rule.overrides)) as Overrides;
  const features = rules.at(-1)?.overrides.features;
  return { ...rest, ...(features !== undefined && { features }) };
}

function without(names: ReadonlySet<string>, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.has(name)));
}
