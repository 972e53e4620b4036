import type { Language, Service } from '../span/service.ts';

/** The service instances that are instrumented now, whether they have traffic or not. */
export class KnownServices {
  readonly #byIdentity = new Map<string, { service: Service; readonly pids: Set<number> }>();

  add(service: Service): void {
    const identity = identityOf(service);
    const known = this.#byIdentity.get(identity);
    if (known === undefined) {
      this.#byIdentity.set(identity, { service, pids: new Set([service.pid]) });
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
    if (known?.pids.size === 0) this.#byIdentity.delete(identity);
  }

  *all(): Iterable<Service> {
    for (const { service } of this.#byIdentity.values()) yield service;
  }

  languages(): ReadonlySet<Language> {
    return new Set([...this.all()].map(({ language }) => language));
  }
}

function identityOf({ namespace, name, instanceId }: Service): string {
  return `${namespace}\u0000${name}\u0000${instanceId}`;
}
