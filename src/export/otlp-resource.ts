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

  /** With attributes besides those of the service, which may be others each time. */
  with(service: Service, further: Readonly<Record<string, string | number>>): Resource {
    return Object.keys(further).length === 0 ? this.of(service) : this.#made(service, further);
  }

  of(service: Service): Resource {
    const known = this.#known.get(service);
    if (known !== undefined) return known;
    const resource = this.#made(service, {});
    this.#known.set(service, resource);
    return resource;
  }

  #made(service: Service, further: Readonly<Record<string, string | number>>): Resource {
    const all = Object.entries({ ...resourceAttributes(service), ...further });
    return resourceFromAttributes({
      ...Object.fromEntries(all.filter(([name]) => !this.#hides(name))),
      ...this.#extra,
    });
  }
}
