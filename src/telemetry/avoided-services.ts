import type { InternalValue } from './internal.ts';

/** The services that export a signal themselves and are left out for that; those beyond the limit are one. */
export class AvoidedServices {
  readonly #limit: number;
  readonly #labels = new Map<string, InternalValue['labels']>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(name: string, namespace: string, signal: string): void {
    const labels = { service_name: name, service_namespace: namespace, telemetry_type: signal, overflow: 'false' };
    const key = JSON.stringify(labels);
    if (this.#labels.has(key)) return;
    if (this.#labels.size < this.#limit) this.#labels.set(key, labels);
    else
      this.#labels.set(signal, { service_name: '', service_namespace: '', telemetry_type: signal, overflow: 'true' });
  }

  *values(): Iterable<InternalValue> {
    for (const labels of this.#labels.values()) yield { labels, value: 1 };
  }
}
