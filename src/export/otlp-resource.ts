import type { Service } from '../span/service.ts';
import type { AttributeValue } from '../span/span.ts';
import { resourceAttributes } from './resource.ts';

/** Says that span metrics are made here already. */
export const SPAN_METRICS_SKIP = 'span.metrics.skip';

export type Resource = Readonly<Record<string, AttributeValue>>;

/** The resource of a service: one object each, which tells resources apart. */
export class OtlpResources {
  readonly #extra: Resource;
  readonly #hides: (attribute: string) => boolean;
  readonly #known = new WeakMap<Service, Resource>();

  constructor(extra: Resource, hides: (attribute: string) => boolean) {
    this.#extra = extra;
    this.#hides = hides;
  }

  /** With attributes besides those of the service, which may be others each time. */
  with(service: Service | undefined, further: Resource): Resource {
    if (service === undefined) return further;
    return Object.keys(further).length === 0 ? this.of(service) : this.#made(service, further);
  }

  of(service: Service): Resource {
    const known = this.#known.get(service);
    if (known !== undefined) return known;
    const resource = this.#made(service, {});
    this.#known.set(service, resource);
    return resource;
  }

  #made(service: Service, further: Resource): Resource {
    const all = Object.entries({ ...resourceAttributes(service), ...further });
    return { ...Object.fromEntries(all.filter(([name]) => !this.#hides(name))), ...this.#extra };
  }
}
