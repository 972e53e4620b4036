import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { Service } from '../span/service.ts';
import { product } from '../telemetry/product.ts';
import { resourceAttributes } from './resource.ts';

export const scope = { name: product.scope, version: product.version };

/** The resource of a service. The serializers tell resources apart by identity, so each service has one object. */
export class OtlpResources {
  readonly #extra: Readonly<Record<string, string | boolean>>;
  readonly #hides: (attribute: string) => boolean;
  readonly #known = new WeakMap<Service, Resource>();

  constructor(extra: Readonly<Record<string, string | boolean>>, hides: (attribute: string) => boolean) {
    this.#extra = extra;
    this.#hides = hides;
  }

  of(service: Service): Resource {
    const known = this.#known.get(service);
    if (known !== undefined) return known;
    const shown = Object.entries(resourceAttributes(service)).filter(([name]) => !this.#hides(name));
    const resource = resourceFromAttributes({ ...Object.fromEntries(shown), ...this.#extra });
    this.#known.set(service, resource);
    return resource;
  }
}
