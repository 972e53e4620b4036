import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { Service } from '../span/service.ts';
import type { AttributeValue } from '../span/span.ts';
import { product } from '../telemetry/product.ts';
import { resourceAttributes } from './resource.ts';

/** Says that span metrics are made here already. */
export const SPAN_METRICS_SKIP = 'span.metrics.skip';

/** Of all that is exported, where a source does not name its own. */
export const scope = { name: product.scope, version: product.version };

type Values = Readonly<Record<string, Exclude<AttributeValue, readonly string[]>>>;

/** The resource of a service. The serializers tell resources apart by identity, so each service has one object. */
export class OtlpResources {
  readonly #extra: Values;
  readonly #hides: (attribute: string) => boolean;
  readonly #known = new WeakMap<Service, Resource>();

  constructor(extra: Values, hides: (attribute: string) => boolean) {
    this.#extra = extra;
    this.#hides = hides;
  }

  /** With attributes besides those of the service, which may be others each time. */
  with(service: Service | undefined, further: Values): Resource {
    if (service === undefined) return resourceFromAttributes(further);
    return Object.keys(further).length === 0 ? this.of(service) : this.#made(service, further);
  }

  of(service: Service): Resource {
    const known = this.#known.get(service);
    if (known !== undefined) return known;
    const resource = this.#made(service, {});
    this.#known.set(service, resource);
    return resource;
  }

  #made(service: Service, further: Values): Resource {
    const all = Object.entries({ ...resourceAttributes(service), ...further });
    return resourceFromAttributes({
      ...Object.fromEntries(all.filter(([name]) => !this.#hides(name))),
      ...this.#extra,
    });
  }
}
