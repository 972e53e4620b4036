import type { Host } from './discover/host.ts';
import type { Service } from './span/service.ts';
import { product } from './telemetry/product.ts';

/** The agent itself, as the service that its own metrics are about. */
export function ownService({ name, resource }: Host): Service {
  return {
    name: product.source,
    namespace: '',
    instanceId: `${name}:${process.pid}`,
    language: 'nodejs',
    pid: process.pid,
    executable: process.execPath,
    resource,
    exports: { metrics: true, traces: false },
  };
}
