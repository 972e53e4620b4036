import type { Service } from '../span/service.ts';
import type { Process } from './process.ts';

/** A signal that a process was seen exporting itself. */
export type OwnSignal = 'metrics' | 'traces';

/** Which processes report themselves. It holds until they end or execute something else. */
export class SelfExports {
  readonly #seen = new WeakMap<Process, Set<OwnSignal>>();
  /** Span metrics, which others derive from spans, are given up too. */
  readonly #withSpanMetrics: boolean;

  constructor(withSpanMetrics: boolean) {
    this.#withSpanMetrics = withSpanMetrics;
  }

  /** False when it was known. */
  add(process: Process, signal: OwnSignal): boolean {
    const signals = this.#seen.get(process) ?? new Set();
    if (signals.has(signal)) return false;
    this.#seen.set(process, signals.add(signal));
    return true;
  }

  /** The service without what is left to its process. */
  leave(process: Process, service: Service): Service {
    const signals = this.#seen.get(process);
    if (signals === undefined) return service;
    const { metrics, traces } = service.exports;
    const hasMetrics = signals.has('metrics');
    return {
      ...service,
      exports: {
        metrics: metrics && !(hasMetrics && this.#withSpanMetrics),
        traces: traces && !signals.has('traces'),
      },
      ...(hasMetrics && { exportsOwnMetrics: true }),
    };
  }
}
