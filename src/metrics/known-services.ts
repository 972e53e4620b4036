import type { Language, Service } from '../span/service.ts';

/** The service instances that are instrumented now, whether they have traffic or not. */
export class KnownServices {
  /** Instances by the name of their service. */
  readonly #named = new Map<string, number>();
  readonly #byIdentity = new Map<string, { service: Service; readonly pids: Set<number> }>();

  add(service: Service): void {
    const identity = identityOf(service);
    const known = this.#byIdentity.get(identity);
    if (known === undefined) {
      this.#byIdentity.set(identity, { service, pids: new Set([service.pid]) });
      this.#named.set(service.name, (this.#named.get(service.name) ?? 0) + 1);
      return;
    }
    known.service = service;
    known.pids.add(service.pid);
  }

  /** The instance is gone with the last of its processes. */
  remove(service: Service): void {
    const identity = identityOf(service);
    const known = this.#byIdentity.get(identity);
    known?.pids.delete(service.pid);
    if (known?.pids.size !== 0) return;
    this.#byIdentity.delete(identity);
    const left = (this.#named.get(service.name) ?? 0) - 1;
    if (left > 0) this.#named.set(service.name, left);
    else this.#named.delete(service.name);
  }

  *all(): Iterable<Service> {
    for (const { service } of this.#byIdentity.values()) yield service;
  }

  /** Whether processes of a service of that name are instrumented here. */
  hasNamed(name: string): boolean {
    return this.#named.has(name);
  }

  languages(): ReadonlySet<Language> {
    return new Set([...this.all()].map(({ language }) => language));
  }
}

function identityOf({ namespace, name, instanceId }: Service): string {
  return `${namespace}\u0000${name}\u0000${instanceId}`;
}
